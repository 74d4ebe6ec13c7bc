package main

import (
	"context"
	"fmt"
	"os"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// changeTimeout is how long one change of the Deployment may take, whatever fails meanwhile.
const changeTimeout = 60 * time.Second

// churn changes a Deployment until SIGTERM: fewer pods, more pods, all pods anew. After each change it waits until
// controllers and scheduler have carried it out, and appends a line to --file: number, kind, replicas, and the times in
// Unix nanoseconds at which it was asked for and seen. Requests that fail are made again, as any controller does.
func churn(ctx context.Context, args []string) error {
	f := newFlags("churn")
	replicas := f.set.Int("replicas", 20, "the most pods that the Deployment gets")
	_ = f.set.Parse(args)
	client, err := f.client()
	if err != nil {
		return err
	}
	file, err := os.Create(f.file)
	if err != nil {
		return err
	}
	defer file.Close()
	ready, cancel := context.WithTimeout(ctx, changeTimeout)
	err = prepareChurn(ready, client, f.namespace)
	cancel()
	if err != nil {
		return err
	}
	number := 0
	for ; ctx.Err() == nil; number++ {
		change := nextChange(number, *replicas)
		asked := time.Now().UnixNano()
		if err := carryOut(ctx, client, f.namespace, change); err != nil && ctx.Err() == nil {
			return fmt.Errorf("change %d, %s: %w", number, change.kind, err)
		} else if err != nil {
			break
		}
		if _, err := fmt.Fprintln(file, number, change.kind, change.replicas, asked, time.Now().UnixNano()); err != nil {
			return err
		}
	}
	fmt.Printf("%d changes were carried out\n", number)
	return nil
}

// deploymentChange is a patch of the Deployment and the number of pods that it has afterwards.
type deploymentChange struct {
	kind     string
	replicas int
	patch    string
}

// nextChange goes round: half of the pods, all of them, all of them anew.
func nextChange(number, replicas int) deploymentChange {
	scale := func(kind string, to int) deploymentChange {
		return deploymentChange{kind, to, fmt.Sprintf(`{"spec":{"replicas":%d}}`, to)}
	}
	switch number % 3 {
	case 0:
		return scale("scale-down", (replicas+1)/2)
	case 1:
		return scale("scale-up", replicas)
	default:
		patch := fmt.Sprintf(`{"spec":{"template":{"metadata":{"annotations":{"change":"%d"}}}}}`, number)
		return deploymentChange{"rollout", replicas, patch}
	}
}

func prepareChurn(ctx context.Context, client kubernetes.Interface, namespace string) error {
	if err := readyNamespace(ctx, client, namespace); err != nil {
		return err
	}
	return poll(ctx, "the Deployment to be created", func() error {
		_, err := client.AppsV1().Deployments(namespace).Create(ctx, newDeployment(1), metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) {
			return nil
		}
		return err
	})
}

func carryOut(ctx context.Context, client kubernetes.Interface, namespace string, change deploymentChange) error {
	ctx, cancel := context.WithTimeout(ctx, changeTimeout)
	defer cancel()
	deployments := client.AppsV1().Deployments(namespace)
	var generation int64
	if err := poll(ctx, "the patch to be taken", func() error {
		attempt, cancel := context.WithTimeout(ctx, writeTimeout)
		defer cancel()
		patched, err := deployments.Patch(attempt, deploymentName, types.MergePatchType, []byte(change.patch), metav1.PatchOptions{})
		if err == nil {
			generation = patched.Generation
		}
		return err
	}); err != nil {
		return err
	}
	return poll(ctx, fmt.Sprintf("%d pods of generation %d", change.replicas, generation), func() error {
		attempt, cancel := context.WithTimeout(ctx, writeTimeout)
		defer cancel()
		seen, err := deployments.Get(attempt, deploymentName, metav1.GetOptions{})
		if err != nil {
			return err
		}
		return requireCarriedOut(&seen.Status, generation, int32(change.replicas))
	})
}

// requireCarriedOut is kubectl's own notion of a finished rollout.
func requireCarriedOut(status *appsv1.DeploymentStatus, generation int64, replicas int32) error {
	if status.ObservedGeneration < generation || status.Replicas != replicas || status.UpdatedReplicas != replicas ||
		status.AvailableReplicas != replicas {
		return fmt.Errorf("generation %d: %d pods, %d of them updated, %d available",
			status.ObservedGeneration, status.Replicas, status.UpdatedReplicas, status.AvailableReplicas)
	}
	return nil
}
