package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
	"google.golang.org/grpc/status"
)

// How long a server may take until it answers a linearizable read, and until it is gone after SIGTERM.
const (
	startLimit = 60 * time.Second
	stopLimit  = 20 * time.Second
)

// errForeign is the answer of a server that this program did not start and therefore never ends.
var errForeign = errors.New("this server was given by --endpoint: it can't be started or ended here")

// settings are the few start options that cases need, named alike for both kinds of server.
type settings struct {
	quotaBytes       int64
	progressInterval time.Duration
}

// server is one process that speaks the etcd API on loopback, or one that runs elsewhere (launch == nil).
type server struct {
	name     string
	endpoint string
	dir      string
	launch   func(s *server, set settings) *exec.Cmd
	process  *exec.Cmd
	gone     chan struct{}
	conn     *grpc.ClientConn
	cluster  bool             // whether it is three servers, of which a follower is asked
	all      bool             // whether all of a cluster's nodes are asked
	spread   *grpc.ClientConn // each call goes to another of them; nil unless all
}

// programs says what to run for each kind of server.
type programs struct {
	etcd     string // path of the etcd program
	netsy    string // path of the launcher
	endpoint string // a running server that is tested instead of a netsy of our own
	cluster  bool   // whether the programs start clusters
	all      bool   // whether all nodes of netsy's are asked in turn
	dir      string // where data and logs go
	sequence int
	mu       sync.Mutex
}

// newServer gives a server with a folder and ports of its own, not yet started.
func (p *programs) newServer(name string) *server {
	if name == "netsy" && p.endpoint != "" {
		return &server{name: name, endpoint: p.endpoint}
	}
	p.mu.Lock()
	p.sequence++
	dir := filepath.Join(p.dir, fmt.Sprintf("%s-%d", name, p.sequence))
	p.mu.Unlock()
	s := &server{name: name, dir: dir, endpoint: "127.0.0.1:" + freePort(), launch: p.launchNetsy, cluster: p.cluster}
	if name == "etcd" {
		s.launch = p.launchEtcd
	} else {
		s.all = p.all
	}
	return s
}

func (p *programs) launchEtcd(s *server, set settings) *exec.Cmd {
	client, peer := "http://"+s.endpoint, "http://127.0.0.1:"+freePort()
	args := []string{"--name", "e1", "--data-dir", filepath.Join(s.dir, "data"), "--log-level", "error",
		"--listen-client-urls", client, "--advertise-client-urls", client,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "e1=" + peer}
	if set.quotaBytes != 0 {
		args = append(args, "--quota-backend-bytes", fmt.Sprint(set.quotaBytes))
	}
	if set.progressInterval != 0 {
		args = append(args, "--watch-progress-notify-interval", set.progressInterval.String())
	}
	return exec.Command(p.etcd, args...)
}

func (p *programs) launchNetsy(s *server, set settings) *exec.Cmd {
	args := []string{"start", "--name", "n1", "--store", "file:" + filepath.Join(s.dir, "bucket"),
		"--data-dir", filepath.Join(s.dir, "data"), "--listen-client", s.endpoint,
		"--listen-metrics", "127.0.0.1:" + freePort()}
	if set.quotaBytes != 0 {
		args = append(args, "--quota-bytes", fmt.Sprint(set.quotaBytes))
	}
	if set.progressInterval != 0 {
		args = append(args, "--watch-progress-notify-interval", set.progressInterval.String())
	}
	command := exec.Command(p.netsy, args...)
	command.Env = append(os.Environ(), "NETSY_SKIP_BUILD=1", "CONFORMANCE_ADDRESSES="+s.addressFile())
	return command
}

// start runs the process and returns when it answers a linearizable read. A restart keeps folder and port.
func (s *server) start(set settings) error {
	if s.launch == nil {
		return s.connect()
	}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	s.process = s.launch(s, set)
	s.process.Stdout, s.process.Stderr = log, log
	s.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := s.process.Start(); err != nil {
		return err
	}
	s.gone = make(chan struct{})
	go func(process *exec.Cmd, gone chan struct{}) {
		process.Wait()
		close(gone)
	}(s.process, s.gone)
	return s.connect()
}

// connect opens the plain gRPC connection of the checks: no client library, no retries, no limits on answers.
func (s *server) connect() error {
	conn, err := dial(s.endpoint)
	if err != nil {
		return err
	}
	s.conn = conn
	if s.all {
		if s.spread, err = s.dialAll(); err != nil {
			return err
		}
	}
	if err := s.waitFor("read", s.answersReads); err != nil {
		return err
	}
	if s.cluster {
		return s.waitFor("list of members", s.knowsMembers)
	}
	return nil
}

// addressFile gets the client addresses of all nodes, from a launcher that starts a cluster.
func (s *server) addressFile() string { return filepath.Join(s.dir, "addresses") }

func (s *server) dialAll() (*grpc.ClientConn, error) {
	deadline := time.Now().Add(startLimit)
	for {
		if content, err := os.ReadFile(s.addressFile()); err == nil && strings.Count(string(content), "\n") == 3 {
			return dialAll(strings.Fields(string(content)))
		}
		if s.ended() || time.Now().After(deadline) {
			return nil, fmt.Errorf("%s wrote no addresses of three nodes to %s", s.name, s.addressFile())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// dialAll gives a connection whose calls go to the addresses in turn.
func dialAll(addresses []string) (*grpc.ClientConn, error) {
	nodes := manual.NewBuilderWithScheme("nodes")
	var state resolver.State
	for _, address := range addresses {
		state.Endpoints = append(state.Endpoints, resolver.Endpoint{Addresses: []resolver.Address{{Addr: address}}})
	}
	nodes.InitialState(state)
	return grpc.NewClient(nodes.Scheme()+":///cluster", append(dialOptions(),
		grpc.WithResolvers(nodes), grpc.WithDefaultServiceConfig(`{"loadBalancingConfig":[{"round_robin":{}}]}`))...)
}

func dial(endpoint string) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///"+endpoint, dialOptions()...)
}

func dialOptions() []grpc.DialOption {
	const unlimited = 1<<31 - 1
	return []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDisableRetry(), grpc.WithDisableServiceConfig(),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(unlimited), grpc.MaxCallSendMsgSize(unlimited)),
	}
}

// waitFor asks until the answer is what a test can begin with.
func (s *server) waitFor(what string, ask func(context.Context) error) error {
	deadline := time.Now().Add(startLimit)
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		err := ask(ctx)
		cancel()
		if err == nil {
			return nil
		}
		if s.ended() {
			return fmt.Errorf("%s ended while it started; see %s/log", s.name, s.dir)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s gave no %s on %s within %s: %w", s.name, what, s.endpoint, startLimit, err)
		}
		s.conn.ResetConnectBackoff()
		time.Sleep(20 * time.Millisecond)
	}
}

func (s *server) answersReads(ctx context.Context) error {
	_, err := pb.NewKVClient(s.conn).Range(ctx, &pb.RangeRequest{Key: []byte("readiness")})
	if answered(err) {
		return nil
	}
	return err
}

// knowsMembers says whether all of a cluster's members have told their client addresses, and agreed on a version, which both
// happen in the second after the first answer. Members whom nobody but root may list know each other from before.
func (s *server) knowsMembers(ctx context.Context) error {
	members, err := pb.NewClusterClient(s.conn).MemberList(ctx, &pb.MemberListRequest{})
	if err != nil {
		if answered(err) {
			return nil
		}
		return err
	}
	for _, m := range members.Members {
		if len(m.ClientURLs) == 0 {
			return fmt.Errorf("member %x has no client address", m.ID)
		}
	}
	now, err := pb.NewMaintenanceClient(s.conn).Status(ctx, &pb.StatusRequest{})
	if err == nil && now.StorageVersion == "" {
		err = errors.New("the members have no version in common")
	}
	return err
}

// answered tells an answer of the server, which may be a refusal, from none.
func answered(err error) bool {
	return err == nil || status.Code(err) != codes.Unavailable && status.Code(err) != codes.DeadlineExceeded
}

func (s *server) ended() bool {
	if s.gone == nil {
		return false
	}
	select {
	case <-s.gone:
		return true
	default:
		return false
	}
}

// stop ends the process by SIGTERM, and by SIGKILL when it does not heed that; a foreign server is only left.
func (s *server) stop() error { return s.end(syscall.SIGTERM) }

// kill ends the process as a power cut would.
func (s *server) kill() error { return s.end(syscall.SIGKILL) }

func (s *server) end(signal syscall.Signal) error {
	if s.conn != nil {
		s.conn.Close()
		if s.spread != nil {
			s.spread.Close()
		}
		s.conn = nil
	}
	if s.launch == nil {
		return errForeign
	}
	if s.process == nil {
		return nil
	}
	syscall.Kill(-s.process.Process.Pid, signal)
	select {
	case <-s.gone:
	case <-time.After(stopLimit):
		syscall.Kill(-s.process.Process.Pid, syscall.SIGKILL)
		<-s.gone
	}
	s.process = nil
	return nil
}

// remove ends the process and deletes its folder.
func (s *server) remove() {
	if s.end(syscall.SIGKILL) == nil {
		os.RemoveAll(s.dir)
	}
}

// freePort gives a port that nothing listens on. From 32768 up the kernel lends ports to outgoing connections.
func freePort() string {
	for {
		port := fmt.Sprint(20000 + rand.Intn(12000))
		listener, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err == nil {
			listener.Close()
			return port
		}
	}
}

// pair is real etcd and the server under test, side by side.
type pair struct {
	etcd, netsy *server
}

func (p *programs) newPair(set settings) (*pair, error) {
	both := &pair{etcd: p.newServer("etcd"), netsy: p.newServer("netsy")}
	if err := both.each(func(s *server) error { return s.start(set) }); err != nil {
		both.remove()
		return nil, err
	}
	if p.endpoint != "" {
		return both, both.align()
	}
	return both, nil
}

// each runs the same step on both servers at once and returns the first error.
func (p *pair) each(step func(*server) error) error {
	failed := make(chan error, 2)
	for _, s := range []*server{p.etcd, p.netsy} {
		go func() { failed <- step(s) }()
	}
	return errors.Join(<-failed, <-failed)
}

func (p *pair) remove() {
	p.each(func(s *server) error { s.remove(); return nil })
}
