package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
)

const (
	// A pod that waits so long for kwok was given up: kwok needs a fraction of a second.
	stuckAfter = 4 * time.Second
	touchEvery = time.Second
)

// touchStuckPods makes up for kwok until SIGTERM. A kubelet says again what the apiserver did not take; kwok does so only
// for some errors, and never when the outcome is unknown, which is what a write is answered whose leader is lost, by etcd
// too. It looks at such a pod again when the pod changes, so the pod gets an annotation.
func touchStuckPods(ctx context.Context, args []string) error {
	f := newFlags("touch-stuck-pods")
	_ = f.set.Parse(args)
	client, err := f.client()
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods().Lister()
	factory.Start(ctx.Done())
	waits := waitingPods{}
	touched := 0
	for ctx.Err() == nil {
		all, err := pods.List(labels.Everything())
		if err != nil {
			return err
		}
		for _, pod := range waits.stuck(all, time.Now()) {
			if touch(ctx, client, pod) == nil {
				touched++
				fmt.Println("touched", pod.Namespace, pod.Name, pod.Status.Phase)
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(touchEvery):
		}
	}
	fmt.Printf("%d pods were touched\n", touched)
	return nil
}

func touch(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	patch := fmt.Sprintf(`{"metadata":{"annotations":{"conformance/touched":"%d"}}}`, time.Now().UnixNano())
	_, err := client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
	return err
}

// waitingPods knows since when each pod that kwok has to do something about is what it is.
type waitingPods map[types.UID]waitingPod

type waitingPod struct {
	revision string
	since    time.Time
}

// stuck returns the pods that have waited too long, and begins to count anew for them.
func (w waitingPods) stuck(pods []*corev1.Pod, now time.Time) []*corev1.Pod {
	var found []*corev1.Pod
	for _, pod := range pods {
		if !waitsForKwok(pod) {
			delete(w, pod.UID)
			continue
		}
		before, known := w[pod.UID]
		if known && before.revision == pod.ResourceVersion && now.Sub(before.since) < stuckAfter {
			continue
		}
		if known && before.revision == pod.ResourceVersion {
			found = append(found, pod)
		}
		w[pod.UID] = waitingPod{pod.ResourceVersion, now}
	}
	return found
}

// waitsForKwok is true for a pod that has a node and is to be run, or to be gone.
func waitsForKwok(pod *corev1.Pod) bool {
	return pod.Spec.NodeName != "" && (pod.Status.Phase == corev1.PodPending || pod.DeletionTimestamp != nil)
}
