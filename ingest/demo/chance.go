package demo

import "math"

// chance makes the draws of the model. A draw depends on the seed and on what it is for, never on the draws before
// it, so that any day of the history can be made by itself, and again.
type chance uint64

// of narrows the draws to one purpose, unit or day.
func (c chance) of(parts ...string) chance {
	h := uint64(c)
	for _, p := range parts {
		for i := range len(p) {
			h = (h ^ uint64(p[i])) * 0x100000001b3 // FNV-1a
		}
		h = mix(h ^ uint64(len(p)))
	}
	return chance(h)
}

// at narrows the draws by a number.
func (c chance) at(n int) chance { return chance(mix(uint64(c) ^ mix(uint64(n)))) }

// share is uniform from 0 up to but not including 1.
func (c chance) share() float64 { return float64(mix(uint64(c))>>11) / (1 << 53) }

// below is a whole number from 0 to n-1.
func (c chance) below(n int) int { return int(mix(uint64(c)) % uint64(n)) }

// normal is a standard normal draw, cut off at two and a half deviations so that no unit is beyond belief.
func (c chance) normal() float64 {
	radius := math.Sqrt(-2 * math.Log(1-c.at(1).share()))
	return min(max(radius*math.Cos(2*math.Pi*c.at(2).share()), -2.5), 2.5)
}

// mix is the finaliser of SplitMix64: every bit of the input moves half of the output.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
