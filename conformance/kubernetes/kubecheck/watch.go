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
	"k8s.io/client-go/kubernetes"
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
	from := metav1.ListOptions{ResourceVersion: list.ResourceVersion, LabelSelector: "check=watch"}
	live, err := maps.Watch(ctx, from)
	if err != nil {
		return fmt.Errorf("watch from revision %s: %w", from.ResourceVersion, err)
	}
	defer live.Stop()
	written, err := writeChanges(ctx, maps, *objects)
	if err != nil {
		return err
	}
	if err := requireEvents(ctx, "the watch open during the writes", live, written); err != nil {
		return err
	}
	late, err := maps.Watch(ctx, from)
	if err != nil {
		return fmt.Errorf("watch from revision %s after the writes: %w", from.ResourceVersion, err)
	}
	defer late.Stop()
	if err := requireEvents(ctx, "the watch opened after the writes", late, written); err != nil {
		return err
	}
	if err := checkWatchList(ctx, client, f.namespace); err != nil {
		return err
	}
	fmt.Printf("%d events in order on both watches, and a watch-list with its closing bookmark\n", len(written))
	return nil
}

// writeChanges creates, updates and deletes one object after the other and returns the sequence.
func writeChanges(ctx context.Context, maps corev1client.ConfigMapInterface, objects int) ([]change, error) {
	var written []change
	for i := range objects {
		name := fmt.Sprintf("watched-%03d", i)
		object := &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"check": "watch"}},
			Data:       map[string]string{"step": "created"},
		}
		object, err := maps.Create(ctx, object, metav1.CreateOptions{})
		if err != nil {
			return nil, fmt.Errorf("create %s: %w", name, err)
		}
		object.Data["step"] = "updated"
		if _, err := maps.Update(ctx, object, metav1.UpdateOptions{}); err != nil {
			return nil, fmt.Errorf("update %s: %w", name, err)
		}
		if err := maps.Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
			return nil, fmt.Errorf("delete %s: %w", name, err)
		}
		written = append(written, change{watch.Added, name}, change{watch.Modified, name}, change{watch.Deleted, name})
	}
	return written, nil
}

// requireEvents reads as many events as were written, then listens a moment longer for one too many.
func requireEvents(ctx context.Context, which string, events watch.Interface, want []change) error {
	const silence = 300 * time.Millisecond
	var seen []change
	var last uint64
	for {
		quiet := time.Hour
		if len(seen) == len(want) {
			quiet = silence
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: waited for %d events, %d came", which, len(want), len(seen))
		case <-time.After(quiet):
			if !slices.Equal(seen, want) {
				return fmt.Errorf("%s: %s", which, firstDifference(seen, want))
			}
			return nil
		case event, open := <-events.ResultChan():
			if !open {
				return fmt.Errorf("%s was ended by the apiserver after %d of %d events", which, len(seen), len(want))
			}
			object, isMap := event.Object.(*corev1.ConfigMap)
			if !isMap {
				return fmt.Errorf("%s reported %v after %d events", which, event.Object, len(seen))
			}
			revision, err := strconv.ParseUint(object.ResourceVersion, 10, 64)
			if err != nil || revision <= last {
				return fmt.Errorf("%s: revision %q came after %d", which, object.ResourceVersion, last)
			}
			last = revision
			seen = append(seen, change{event.Type, object.Name})
		}
	}
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
func checkWatchList(ctx context.Context, client kubernetes.Interface, namespace string) error {
	events, err := client.CoreV1().ConfigMaps(namespace).Watch(ctx, metav1.ListOptions{
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
