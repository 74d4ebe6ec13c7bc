// Compare sends the same requests to real etcd and to a server under test and requires the same answers: every field of
// every message, code and text of every error, every header, every event.
//
//	compare cases  --etcd PROGRAM --netsy LAUNCHER|--endpoint HOST:PORT --dir FOLDER [--only REGEX] [--show]
//	compare list   [--only REGEX]
//	compare random --etcd PROGRAM --netsy LAUNCHER|--endpoint HOST:PORT --dir FOLDER [--seeds N] [--ops N] [--seed S]
//	compare etcdctl --etcd PROGRAM --netsy LAUNCHER|--endpoint HOST:PORT --dir FOLDER --etcdctl PROGRAM --commands FILE
//	compare fill   --endpoint HOST:PORT --keys N [--bytes N]
//
// The last line of standard output is a summary; exit code 0 says that no difference was found.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

type options struct {
	programs programs
	only     string
	except   string
	show     bool
	seeds    int
	ops      int
	seed     int64
	parallel int
	etcdctl  string
	commands string
	keys     int
	bytes    int
}

func parse(arguments []string) *options {
	var o options
	set := flag.NewFlagSet("compare", flag.ExitOnError)
	set.StringVar(&o.programs.etcd, "etcd", "", "real etcd's program")
	set.StringVar(&o.programs.netsy, "netsy", "", "netsy's launcher")
	set.StringVar(&o.programs.endpoint, "endpoint", "", "HOST:PORT of a running, empty server to test instead")
	set.BoolVar(&o.programs.cluster, "cluster", false, "the programs start clusters, and a standby or follower is asked")
	set.BoolVar(&o.programs.all, "all", false, "with --cluster: each call goes to another of netsy's nodes")
	set.StringVar(&o.programs.dir, "dir", "", "folder for data and logs")
	set.StringVar(&o.only, "only", "", "only the cases whose name matches")
	set.StringVar(&o.except, "except", "", "not the cases whose name matches")
	set.BoolVar(&o.show, "show", false, "print the transcripts of real etcd")
	set.IntVar(&o.seeds, "seeds", 20, "random sequences")
	set.IntVar(&o.ops, "ops", 5000, "operations in each")
	set.Int64Var(&o.seed, "seed", 1, "the first seed")
	set.IntVar(&o.parallel, "parallel", 2, "random sequences at a time")
	set.StringVar(&o.etcdctl, "etcdctl", "", "etcdctl's program")
	set.StringVar(&o.commands, "commands", "", "the list of command lines")
	set.IntVar(&o.keys, "keys", 1_000_000, "keys to fill a store with")
	set.IntVar(&o.bytes, "bytes", 1024, "size of their values")
	set.Parse(arguments)
	return &o
}

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	o := parse(os.Args[2:])
	cases, err := selectCases(allCases(), o.only, o.except)
	if err != nil {
		fmt.Fprintf(os.Stderr, "--only or --except: %v\n", err)
		os.Exit(2)
	}
	switch os.Args[1] {
	case "list":
		for _, c := range cases {
			fmt.Println(c.name)
		}
	case "cases":
		os.Exit(runCases(o, cases))
	case "random":
		os.Exit(runRandom(o))
	case "etcdctl":
		os.Exit(runEtcdctl(o))
	case "fill":
		os.Exit(runFill(o))
	default:
		usage()
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: compare cases|list|random|etcdctl|fill [flags]; compare cases --help lists them")
	os.Exit(2)
}

func runCases(o *options, cases []testCase) int {
	runner := &caseRunner{programs: &o.programs, show: o.show}
	runner.runAll(cases)
	if len(runner.notRun) > 0 {
		fmt.Printf("not run, since each needs servers that this program starts (run without --endpoint): %s\n", strings.Join(runner.notRun, " "))
	}
	if len(runner.failed) > 0 {
		fmt.Printf("failed: %s\n", strings.Join(runner.failed, " "))
	}
	fmt.Printf("cases: %d passed, %d failed, %d not run\n", runner.passed, len(runner.failed), len(runner.notRun))
	if len(runner.failed) > 0 || runner.passed == 0 {
		return 1
	}
	return 0
}
