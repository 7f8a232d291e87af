package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/creack/pty"
	"github.com/toancanh/toancanh/deploy/engine"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "engine-child" {
		os.Exit(engine.ChildMain(os.Args[2:]))
	}
	dir := os.Args[1]
	r, w, _ := os.Pipe()
	ptmx, tty, err := pty.Open()
	if err != nil {
		panic(err)
	}
	cmd := exec.Command("/proc/self/exe", "engine-child", "--library", os.Args[2], "--config", dir+"/config.xml", "--start", dir+"/start.sql")
	cmd.Stdin = tty
	cmd.ExtraFiles = []*os.File{r}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Dir = dir
	op, _ := cmd.StdoutPipe()
	ep, _ := cmd.StderrPipe()
	t0 := time.Now()
	f := func(n string, r io.Reader) {
		s := bufio.NewScanner(r)
		for s.Scan() {
			fmt.Printf("[%v] %s %q\n", time.Since(t0), n, s.Text())
		}
	}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	go f("OUT", op)
	go f("ERR", ep)
	go f("PTY", ptmx)
	r.Close()
	tty.Close()
	done := make(chan error)
	go func() { done <- cmd.Wait() }()
	for {
		resp, err := http.Get("http://127.0.0.1:19123/ping")
		if err == nil {
			b, _ := io.ReadAll(resp.Body)
			fmt.Println("ready", time.Since(t0), string(b))
			break
		}
		select {
		case err := <-done:
			fmt.Println("ended", err)
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
	if len(os.Args) > 3 {
		c := exec.Command("bash", "-c", os.Args[3])
		c.Env = append(os.Environ(), fmt.Sprintf("PID=%d", cmd.Process.Pid))
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
		c.Run()
	}
	t1 := time.Now()
	w.Close()
	fmt.Println("end", <-done, time.Since(t1))
}
