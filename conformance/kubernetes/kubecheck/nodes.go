package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// awaitNodes waits until every node of a store is ready for the loss of one: all answer and name one leader, and, where
// the store says so in its metrics, the leader's standbys stream and count, and another node than the leader is the
// elector. It prints the leader's URL.
func awaitNodes(ctx context.Context, args []string) error {
	f := newFlags("await-nodes")
	_ = f.set.Parse(args)
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	client, err := openStore(f.endpoint)
	if err != nil {
		return err
	}
	defer client.Close()
	var leader string
	err = poll(ctx, "every node to be ready for the loss of one", func() error {
		attempt, cancel := context.WithTimeout(ctx, nodeTimeout)
		defer cancel()
		leader, err = findLeader(attempt, client)
		return err
	})
	if err == nil {
		fmt.Println(leader)
	}
	return err
}

// findLeader returns the leader's URL, or what is still missing.
func findLeader(ctx context.Context, client *clientv3.Client) (string, error) {
	answers := map[string]nodeAnswer{}
	for _, url := range client.Endpoints() {
		status, err := client.Status(ctx, url)
		if err != nil {
			return "", fmt.Errorf("%s: %w", url, err)
		}
		metrics, err := readMetrics(ctx, url)
		if err != nil {
			return "", err
		}
		answers[url] = nodeAnswer{
			member: status.Header.MemberId, leader: status.Leader, applied: status.RaftAppliedIndex, metrics: metrics,
		}
	}
	return leaderOf(answers)
}

func readMetrics(ctx context.Context, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/metrics", nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(url + "/metrics answers " + answer.Status)
	}
	return string(text), err
}

// nodeAnswer is what one node says of itself and of the others.
type nodeAnswer struct {
	member  uint64
	leader  uint64
	applied uint64
	metrics string
}

// nodeTimeout bounds one look at all nodes: one that is not there must not be waited for.
const nodeTimeout = 3 * time.Second

// catchUpEntries is how far behind the first a node may be: everything is under load while this is asked.
const catchUpEntries = 1000

func leaderOf(answers map[string]nodeAnswer) (string, error) {
	var leader string
	var leaders, first uint64
	for url, answer := range answers {
		first = max(first, answer.applied)
		if answer.member == answer.leader {
			leader = url
			leaders++
		}
	}
	if leaders != 1 {
		return "", fmt.Errorf("%d nodes say that they lead", leaders)
	}
	electors := 0
	for url, answer := range answers {
		if answer.leader != answers[leader].member {
			return "", fmt.Errorf("%s does not follow %s", url, leader)
		}
		if answer.applied+catchUpEntries < first {
			return "", fmt.Errorf("%s has applied %d of %d entries", url, answer.applied, first)
		}
		if url != leader && strings.Contains(answer.metrics, "\nnetsy_elector_appointed 1\n") {
			electors++
		}
	}
	if !strings.Contains(answers[leader].metrics, "netsy_elector_appointed") {
		return leader, nil
	}
	if counted := countStandbys(answers[leader].metrics); counted != len(answers)-1 {
		return "", fmt.Errorf("%d of %d standbys of %s stream and count", counted, len(answers)-1, leader)
	}
	if electors != 1 {
		return "", fmt.Errorf("%d nodes beside %s are the elector", electors, leader)
	}
	return leader, nil
}

// countStandbys counts those whose stream is up to date and whose word a commit may wait for.
func countStandbys(metrics string) int {
	count := 0
	for line := range strings.Lines(metrics) {
		if strings.HasPrefix(line, "netsy_standby_state{") && strings.Contains(line, `state="streaming"`) &&
			!strings.Contains(line, `sync="async"`) {
			count++
		}
	}
	return count
}
