package torture

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"time"
)

// moments at which something is done to the program: the named steps of the pipeline (step in package ingest), anywhere else,
// and while it starts.
var moments = []string{
	"before the journal", "given to the journal", "durable, nobody told", "part of a submission durable",
	"durable, key not kept", "key kept, not answered",
	"collected", "sifted", "insert begun",
	"before the insert of observations", "inserted observations", "before the insert of task_progress", "inserted task_progress",
	"before the insert of rejections", "inserted rejections", "before the insert of submissions", "inserted submissions",
	"written, not acknowledged", "acknowledged, not announced", "announced",
}

const (
	anywhere = "anywhere"
	starting = "starting"
)

// deed is what is done at a moment.
type deed string

// The first three are kills; a paused engine neither answers nor refuses for a while.
const (
	killProgram deed = "program"
	killEngine  deed = "engine"
	killBoth    deed = "both"
	pauseEngine deed = "pause"
)

// trial is one deed at one moment.
type trial struct {
	moment string
	deed   deed
	times  int           // the step is reached so often before
	delay  time.Duration // of a deed anywhere
}

// schedule draws trials until there are so many kills: every step with every target first if they suffice, then anywhere.
func schedule(chance *rand.Rand, kills int) (trials []trial) {
	for _, moment := range moments {
		for _, d := range []deed{killProgram, killEngine, killBoth} {
			trials = append(trials, trial{moment: moment, deed: d})
		}
	}
	chance.Shuffle(len(trials), func(i, k int) { trials[i], trials[k] = trials[k], trials[i] })
	if at := kills * 3 / 4; len(trials) > at {
		trials = trials[:at]
	}
	for len(trials) < kills {
		moment := anywhere
		if chance.IntN(5) == 0 {
			moment = starting
		}
		trials = append(trials, trial{moment: moment, deed: []deed{killProgram, killEngine, killBoth}[chance.IntN(3)]})
	}
	for range max(1, kills/20) {
		moment := anywhere
		if chance.IntN(2) == 0 {
			moment = moments[chance.IntN(len(moments))]
		}
		trials = append(trials, trial{moment: moment, deed: pauseEngine})
	}
	chance.Shuffle(len(trials), func(i, k int) { trials[i], trials[k] = trials[k], trials[i] })
	for i := range trials {
		trials[i].times = 1 + chance.IntN(3)
		trials[i].delay = time.Duration(chance.IntN(400)) * time.Millisecond
	}
	return trials
}

// torturer does trials to a program that hosts its engine.
type torturer struct {
	*program
	pause time.Duration  // of the engine
	done  map[string]int // deeds by moment
	kills int
	unmet int // steps that were not reached in time, so that the deed was done anywhere
}

// try does one trial and waits until the program answers again.
func (p *torturer) try(t trial) {
	moment := t.moment
	switch moment {
	case anywhere:
		<-time.After(t.delay)
	case starting:
		p.strike(killProgram)
		p.start()
		<-time.After(t.delay)
		p.note(moment, t.deed)
	default:
		if !p.reach(t) {
			moment = anywhere
			p.unmet++
		}
	}
	p.strike(t.deed)
	p.note(moment, t.deed)
	if t.deed == killProgram || t.deed == killBoth {
		p.start()
	}
	p.ready()
}

// note counts a deed.
func (p *torturer) note(moment string, d deed) {
	p.done[moment]++
	if d != pauseEngine {
		p.kills++
	}
}

// reach waits until the program is held at the step.
func (p *torturer) reach(t trial) bool {
	if err := p.arm(t.moment, t.times); err != nil {
		return false
	}
	select {
	case <-p.said:
		return true
	case <-time.After(10 * time.Second):
		return false
	}
}

// strike does the deed; what was held goes on afterwards if it still lives.
func (p *torturer) strike(d deed) {
	engine := p.engine()
	switch d {
	case killEngine:
		p.killed(engine)
	case killBoth:
		p.killed(engine)
		p.kill()
	case killProgram:
		p.kill()
		p.until("the engine has ended with its parent", func() bool { return engine == 0 || gone([]int{engine}) })
	case pauseEngine:
		if engine != 0 {
			_ = syscall.Kill(engine, syscall.SIGSTOP) // gone meanwhile: nothing to pause
			p.release()
			<-time.After(p.pause)
			_ = syscall.Kill(engine, syscall.SIGCONT)
		}
	}
	p.release()
}

func (p *torturer) killed(pid int) {
	if pid != 0 {
		_ = syscall.Kill(pid, syscall.SIGKILL) // gone meanwhile: killed enough
	}
}

// summary lists the deeds by moment.
func (p *torturer) summary() string {
	var list []string
	for moment, n := range p.done {
		list = append(list, fmt.Sprintf("%s %d", moment, n))
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}
