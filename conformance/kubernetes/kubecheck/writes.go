package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

const (
	// A request that got no answer in this time has an unknown outcome; the writer goes on with another name.
	writeTimeout = 2 * time.Second
	// The pause keeps the writer from taking the processor that the store needs to start again.
	writePause = 10 * time.Millisecond
)

// writeUntilStopped creates one ConfigMap after the other until SIGTERM and appends one line for each that the
// apiserver acknowledged: name, uid, resource version, and the times of request and answer in Unix nanoseconds.
func writeUntilStopped(ctx context.Context, args []string) error {
	f := newFlags("write")
	pause := f.set.Duration("pause", writePause, "between an answer and the next request")
	_ = f.set.Parse(args)
	client, err := f.client()
	if err != nil {
		return err
	}
	acknowledged, err := os.Create(f.file)
	if err != nil {
		return err
	}
	defer acknowledged.Close()
	failed := 0
	for number := 0; ctx.Err() == nil; number++ {
		asked := time.Now().UnixNano()
		object, err := createNumbered(client, f.namespace, number)
		answered := time.Now().UnixNano()
		if err != nil {
			failed++
		} else if _, err := fmt.Fprintln(acknowledged, object.Name, object.UID, object.ResourceVersion, asked, answered); err != nil {
			return err
		}
		time.Sleep(*pause)
	}
	fmt.Printf("%d requests failed or got no answer\n", failed)
	return nil
}

// createNumbered is not bound to the writer's own end, so that stopping it never cuts a request off.
func createNumbered(client kubernetes.Interface, namespace string, number int) (*corev1.ConfigMap, error) {
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{
		Name:   fmt.Sprintf("written-%06d", number),
		Labels: map[string]string{"check": "write"},
	}}
	return client.CoreV1().ConfigMaps(namespace).Create(ctx, object, metav1.CreateOptions{})
}

// verifyWrites requires that every acknowledged ConfigMap is there with the uid and revision of its answer, and prints
// how many there are, the longest time from one answer to the next from --since on, and the seconds from --since to the
// answer of the first write that was begun after it.
func verifyWrites(ctx context.Context, args []string) error {
	f := newFlags("verify-writes")
	since := f.set.Int64("since", 0, "Unix nanoseconds; the time of the fault")
	_ = f.set.Parse(args)
	client, err := f.client()
	if err != nil {
		return err
	}
	list, err := client.CoreV1().ConfigMaps(f.namespace).List(ctx, metav1.ListOptions{LabelSelector: "check=write"})
	if err != nil {
		return err
	}
	stored := map[string]string{}
	for _, object := range list.Items {
		stored[object.Name] = string(object.UID) + " " + object.ResourceVersion
	}
	file, err := os.Open(f.file)
	if err != nil {
		return err
	}
	defer file.Close()
	seen, err := compareWrites(bufio.NewScanner(file), stored, *since)
	if err != nil {
		return err
	}
	if seen.before == 0 || seen.after == 0 {
		return fmt.Errorf("%d writes were acknowledged before the fault and %d after it: nothing is proven", seen.before, seen.after)
	}
	fmt.Printf("%d acknowledged writes before the fault and %d after it are there; the longest pause %.3f s, the first new one after %.3f s\n",
		seen.before, seen.after, seen.longestPause.Seconds(), seen.firstNew.Seconds())
	return nil
}

// writesSeen is what the acknowledged writes say about a fault.
type writesSeen struct {
	before, after int
	// From one answer to the next, of all answers after the fault.
	longestPause time.Duration
	// From the fault to the answer of the first write that was begun after it.
	firstNew time.Duration
}

// compareWrites looks at the acknowledged writes on both sides of the fault; the error names the first that is missing.
func compareWrites(lines *bufio.Scanner, stored map[string]string, since int64) (writesSeen, error) {
	var seen writesSeen
	var answeredBefore int64
	for lines.Scan() {
		var name, uid, revision string
		var asked, answered int64
		if _, err := fmt.Sscan(lines.Text(), &name, &uid, &revision, &asked, &answered); err != nil {
			return seen, fmt.Errorf("line %q of the acknowledged writes: %w", lines.Text(), err)
		}
		switch found, exists := stored[name]; {
		case !exists:
			return seen, fmt.Errorf("LOST: %s was acknowledged at revision %s and is not there", name, revision)
		case found != uid+" "+revision:
			return seen, fmt.Errorf("CHANGED: %s was acknowledged as %s %s and is stored as %s", name, uid, revision, found)
		}
		if answered > since && answeredBefore != 0 {
			seen.longestPause = max(seen.longestPause, time.Duration(answered-answeredBefore))
		}
		answeredBefore = answered
		if asked <= since {
			seen.before++
			continue
		}
		if seen.after == 0 {
			seen.firstNew = time.Duration(answered - since)
		}
		seen.after++
	}
	return seen, lines.Err()
}
