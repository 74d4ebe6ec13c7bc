package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/utils/ptr"
)

// change is what a watch is expected to report: the kind of event and the name of the object.
type change struct {
	kind watch.EventType
	name string
}

// checkWatch writes a known sequence of changes and requires that a watch which was open meanwhile and one that starts
// afterwards from the same revision both report exactly that sequence, and that a watch-list ends its initial events.
func checkWatch(ctx context.Context, args []string) error {
	f := newFlags("watch")
	objects := f.set.Int("objects", 50, "objects to create, update and delete")
	_ = f.set.Parse(args)
	client, err := f.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	if err := readyNamespace(ctx, client, f.namespace); err != nil {
		return err
	}
	maps := client.CoreV1().ConfigMaps(f.namespace)
	list, err := maps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	want := expectedChanges(*objects)
	live := make(chan error, 1)
	go func() {
		live <- requireEvents(ctx, "the watch open during the writes", maps, list.ResourceVersion, want)
	}()
	if err := writeChanges(ctx, maps, *objects); err != nil {
		return err
	}
	if err := <-live; err != nil {
		return err
	}
	if err := requireEvents(ctx, "the watch opened after the writes", maps, list.ResourceVersion, want); err != nil {
		return err
	}
	if err := checkWatchList(ctx, maps); err != nil {
		return err
	}
	fmt.Printf("%d events in order on both watches, and a watch-list with its closing bookmark\n", len(want))
	return nil
}

func watchedName(number int) string { return fmt.Sprintf("watched-%03d", number) }

// expectedChanges is the sequence that writeChanges will cause.
func expectedChanges(objects int) []change {
	var changes []change
	for i := range objects {
		name := watchedName(i)
		changes = append(changes, change{watch.Added, name}, change{watch.Modified, name}, change{watch.Deleted, name})
	}
	return changes
}

// writeChanges creates, updates and deletes one object after the other.
func writeChanges(ctx context.Context, maps corev1client.ConfigMapInterface, objects int) error {
	for i := range objects {
		name := watchedName(i)
		object := &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"check": "watch"}},
			Data:       map[string]string{"step": "created"},
		}
		object, err := maps.Create(ctx, object, metav1.CreateOptions{})
		if err != nil {
			return fmt.Errorf("create %s: %w", name, err)
		}
		object.Data["step"] = "updated"
		if _, err := maps.Update(ctx, object, metav1.UpdateOptions{}); err != nil {
			return fmt.Errorf("update %s: %w", name, err)
		}
		if err := maps.Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
			return fmt.Errorf("delete %s: %w", name, err)
		}
	}
	return nil
}

// requireEvents reads as many events as are expected, then listens a moment longer for one too many. The apiserver may
// end a watch at any time; the next one then goes on after the last revision seen, so that the sequence stays whole.
func requireEvents(ctx context.Context, which string, maps corev1client.ConfigMapInterface, from string, want []change) error {
	log := &eventLog{revision: from}
	for {
		events, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: log.revision, LabelSelector: "check=watch"})
		if err != nil {
			return fmt.Errorf("%s, from revision %s: %w", which, log.revision, err)
		}
		complete, err := log.read(ctx, events.ResultChan(), len(want))
		events.Stop()
		if err != nil {
			return fmt.Errorf("%s: %w", which, err)
		}
		if complete {
			break
		}
	}
	if !slices.Equal(log.seen, want) {
		return fmt.Errorf("%s: %s", which, firstDifference(log.seen, want))
	}
	return nil
}

// eventLog is what a watch has reported, over all its connections, and the revision of the last event.
type eventLog struct {
	seen     []change
	revision string
}

// read returns true when the watch has been silent after the expected number of events, false when it was ended.
func (l *eventLog) read(ctx context.Context, events <-chan watch.Event, want int) (bool, error) {
	const silence = 300 * time.Millisecond
	for {
		var silent <-chan time.Time
		if len(l.seen) >= want {
			silent = time.After(silence)
		}
		select {
		case <-ctx.Done():
			return false, fmt.Errorf("waited for %d events, %d came", want, len(l.seen))
		case <-silent:
			return true, nil
		case event, open := <-events:
			if !open {
				return false, nil
			}
			if err := l.add(event); err != nil {
				return false, err
			}
		}
	}
}

func (l *eventLog) add(event watch.Event) error {
	object, isMap := event.Object.(*corev1.ConfigMap)
	if !isMap {
		return fmt.Errorf("after %d events it reported %v", len(l.seen), event.Object)
	}
	last, _ := strconv.ParseUint(l.revision, 10, 64)
	revision, err := strconv.ParseUint(object.ResourceVersion, 10, 64)
	if err != nil || revision <= last {
		return fmt.Errorf("revision %q came after %d", object.ResourceVersion, last)
	}
	l.revision = object.ResourceVersion
	l.seen = append(l.seen, change{event.Type, object.Name})
	return nil
}

func firstDifference(seen, want []change) string {
	for i := range want {
		if i >= len(seen) || seen[i] != want[i] {
			return fmt.Sprintf("event %d should be %v; of %d expected came %d", i, want[i], len(want), len(seen))
		}
	}
	return fmt.Sprintf("%d events came, %d were expected; the first too many is %v", len(seen), len(want), seen[len(want)])
}

// checkWatchList asks for the present objects as events; a bookmark with a known annotation has to close them.
func checkWatchList(ctx context.Context, maps corev1client.ConfigMapInterface) error {
	events, err := maps.Watch(ctx, metav1.ListOptions{
		SendInitialEvents:    ptr.To(true),
		AllowWatchBookmarks:  true,
		ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan,
	})
	if err != nil {
		return fmt.Errorf("watch-list: %w", err)
	}
	defer events.Stop()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("watch-list: waited for the bookmark that ends the initial events")
		case event, open := <-events.ResultChan():
			if !open {
				return fmt.Errorf("watch-list: ended by the apiserver before its bookmark")
			}
			object, isMap := event.Object.(*corev1.ConfigMap)
			if !isMap {
				return fmt.Errorf("watch-list: reported %v", event.Object)
			}
			if event.Type == watch.Bookmark && object.Annotations[metav1.InitialEventsAnnotationKey] == "true" {
				return nil
			}
		}
	}
}
