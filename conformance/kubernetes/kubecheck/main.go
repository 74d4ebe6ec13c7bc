// Kubecheck makes the observations of the Kubernetes conformance run that need more than kubectl: exact timings, exact
// event sequences, and the comparison of what the apiserver believes with what the store holds.
//
// Every command exits with 0 only when what it checks holds; it prints one line that says what was seen.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sort"
	"strings"
	"syscall"
	"time"
)

// A command parses its own flags from args and prints its result.
type command func(ctx context.Context, args []string) error

var commands = map[string]command{
	"pki":              makePKI,
	"rollout":          timeRollout,
	"watch":            checkWatch,
	"write":            writeUntilStopped,
	"verify-writes":    verifyWrites,
	"store-save":       saveStore,
	"store-verify":     verifyStore,
	"agree":            checkAgreement,
	"await-nodes":      awaitNodes,
	"churn":            churn,
	"touch-stuck-pods": touchStuckPods,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintf(os.Stderr, "usage: kubecheck COMMAND [flags]; COMMAND is one of %s\n", strings.Join(commandNames(), ", "))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := commands[os.Args[1]](ctx, os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "kubecheck %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}

func commandNames() []string {
	names := make([]string, 0, len(commands))
	for name := range commands {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// clusterFlags are the flags that commands share; each command reads those it needs.
type clusterFlags struct {
	set        *flag.FlagSet
	kubeconfig string
	namespace  string
	endpoint   string
	file       string
	timeout    time.Duration
}

func newFlags(name string) *clusterFlags {
	f := &clusterFlags{set: flag.NewFlagSet(name, flag.ExitOnError)}
	f.set.StringVar(&f.kubeconfig, "kubeconfig", "", "kubeconfig of the cluster's administrator")
	f.set.StringVar(&f.namespace, "namespace", "default", "namespace to work in")
	f.set.StringVar(&f.endpoint, "endpoint", "", "URL of the store's etcd API; those of several nodes are separated by commas")
	f.set.StringVar(&f.file, "file", "", "file to write to or to read from")
	f.set.DurationVar(&f.timeout, "timeout", time.Minute, "how long to wait for the expected state")
	return f
}
