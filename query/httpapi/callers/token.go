package callers

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// A token is toancanh_ID_SECRET. The fixed beginning lets secret scanners find one that was committed or
// pasted by mistake; the id, ten characters, may be shown and finds the token's row; the secret is 128 random
// bits. Only its SHA-256 is kept. A slow hash (argon2id) protects passwords, which can be guessed; nobody
// guesses 128 random bits, and a hash that costs 50 ms would let anybody keep the server busy with wrong ones.
const tokenPrefix = "toancanh_"

const idLength = 10

var (
	tokenPattern   = regexp.MustCompile(`^toancanh_([a-z2-7]{10})_[A-Z2-7]{26}$`)
	sessionPattern = regexp.MustCompile(`^([a-z2-7]{10})\.[0-9a-f]{64}$`)
)

// secret is a new token with what is kept of it.
type secret struct {
	id, token            string
	tokenHash, sessionID [sha256.Size]byte
}

// newSecret draws a token from the system's randomness.
func newSecret() secret {
	id := strings.ToLower(rand.Text()[:idLength])
	token := tokenPrefix + id + "_" + rand.Text()
	return secret{id: id, token: token, tokenHash: sha256.Sum256([]byte(token)), sessionID: sha256.Sum256([]byte(SessionOf(token)))}
}

// SessionOf gives what a browser keeps instead of a token, ID.HEX: it follows from the token, so every server process
// knows it without having seen it made, and it outlives a restart; the token does not follow from it, so that
// who steals it can look but not send.
func SessionOf(token string) string {
	found := tokenPattern.FindStringSubmatch(token)
	if found == nil {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("toancanh session 1"))
	return found[1] + "." + hex.EncodeToString(mac.Sum(nil))
}
