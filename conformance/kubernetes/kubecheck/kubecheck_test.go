package main

import (
	"bufio"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestStoreFolder(t *testing.T) {
	for resource, want := range map[schema.GroupResource]string{
		{Resource: "pods"}:                                         "/registry/pods/",
		{Resource: "nodes"}:                                        "/registry/minions/",
		{Group: "apps", Resource: "deployments"}:                   "/registry/deployments/",
		{Group: "coordination.k8s.io", Resource: "leases"}:         "/registry/leases/",
		{Group: "apiregistration.k8s.io", Resource: "apiservices"}: "/registry/apiregistration.k8s.io/apiservices/",
		{Group: "conformance.example.com", Resource: "gauges"}:     "/registry/conformance.example.com/gauges/",
	} {
		if got := storeFolder(resource); got != want {
			t.Errorf("folder of %v: got %s, want %s", resource, got, want)
		}
	}
}

func TestImageDifferencesNameEachLossChangeAndStray(t *testing.T) {
	before := map[string]storedKey{"same": {Mod: 1}, "changed": {Mod: 2}, "lost": {Mod: 3}}
	after := map[string]storedKey{"same": {Mod: 1}, "changed": {Mod: 4}, "stray": {Mod: 5}}
	text := strings.Join(imageDifferences(before, after), "\n")
	for _, want := range []string{"lost is lost", "changed was", "stray was not there"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in: %s", want, text)
		}
	}
	if differences := imageDifferences(before, before); len(differences) != 0 {
		t.Errorf("an image differs from itself: %v", differences)
	}
}

func TestDescribeDifference(t *testing.T) {
	stored := revisions{"a": 1, "b": 2}
	if got := describeDifference("cache", revisions{"a": 1, "b": 2}, stored); got != "" {
		t.Errorf("equal views differ: %s", got)
	}
	got := describeDifference("cache", revisions{"b": 1, "c": 3}, stored)
	for _, want := range []string{"missing 1 (a)", "not in the store 1 (c)", "b at 1 instead of 2"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in: %s", want, got)
		}
	}
}

func TestCompareWrites(t *testing.T) {
	stored := map[string]string{"one": "uid1 5", "two": "uid2 9"}
	lines := "one uid1 5 100 110\ntwo uid2 9 300 350\n"
	before, after, pause, err := compareWrites(scan(lines), stored, 200)
	if err != nil || before != 1 || after != 1 || pause != 150*time.Nanosecond {
		t.Errorf("got %d before, %d after, pause %v, error %v", before, after, pause, err)
	}
	for text, want := range map[string]string{"three uid3 1 1 1\n": "LOST", "one other 5 1 1\n": "CHANGED", "one\n": "line"} {
		if _, _, _, err := compareWrites(scan(text), stored, 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want %s", text, err, want)
		}
	}
}

func scan(text string) *bufio.Scanner { return bufio.NewScanner(strings.NewReader(text)) }
