package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
)

const deploymentName = "web"

// timeRollout creates a Deployment and prints the seconds from just before that request until the watch has shown the
// last of its pods Running. No process start and no polling is in the figure.
func timeRollout(ctx context.Context, args []string) error {
	f := newFlags("rollout")
	replicas := f.set.Int("replicas", 200, "pods to wait for")
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
	started := time.Now()
	deployment := newDeployment(int32(*replicas))
	if _, err := client.AppsV1().Deployments(f.namespace).Create(ctx, deployment, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("create the Deployment: %w", err)
	}
	if err := awaitRunning(ctx, client, f.namespace, *replicas); err != nil {
		return err
	}
	elapsed := time.Since(started)
	if err := awaitAvailable(ctx, client, f.namespace, int32(*replicas)); err != nil {
		return err
	}
	fmt.Printf("%.3f\n", elapsed.Seconds())
	return nil
}

// awaitRunning returns when a watch has shown so many pods Running. The apiserver ends watches whose reader is slow, which
// a busy machine makes of any reader; a new one from resource version 0 then shows all pods again.
func awaitRunning(ctx context.Context, client kubernetes.Interface, namespace string, want int) error {
	for {
		pods, err := client.CoreV1().Pods(namespace).Watch(ctx, metav1.ListOptions{ResourceVersion: "0"})
		if err != nil {
			return fmt.Errorf("watch pods in %s: %w", namespace, err)
		}
		running, err := countRunning(ctx, pods.ResultChan(), want)
		pods.Stop()
		if err != nil || running == want {
			return err
		}
	}
}

// countRunning reads events until so many pods are Running, and returns with fewer if the watch is ended before.
func countRunning(ctx context.Context, events <-chan watch.Event, want int) (int, error) {
	running := map[string]bool{}
	for len(running) < want {
		select {
		case <-ctx.Done():
			return len(running), fmt.Errorf("waited for %d pods Running, the watch showed %d", want, len(running))
		case event, open := <-events:
			if !open {
				return len(running), nil
			}
			pod, isPod := event.Object.(*corev1.Pod)
			if !isPod {
				return len(running), fmt.Errorf("the watch on pods reported %v instead of a pod", event.Object)
			}
			if event.Type != watch.Deleted && pod.Status.Phase == corev1.PodRunning {
				running[pod.Name] = true
			} else {
				delete(running, pod.Name)
			}
		}
	}
	return len(running), nil
}

func awaitAvailable(ctx context.Context, client kubernetes.Interface, namespace string, want int32) error {
	return poll(ctx, fmt.Sprintf("the Deployment to report %d available replicas", want), func() error {
		deployment, err := client.AppsV1().Deployments(namespace).Get(ctx, deploymentName, metav1.GetOptions{})
		if err != nil {
			return err
		}
		if deployment.Status.AvailableReplicas != want {
			return fmt.Errorf("it reports %d", deployment.Status.AvailableReplicas)
		}
		return requireBound(ctx, client, namespace)
	})
}

// requireBound fails when a pod runs without the scheduler having chosen its node.
func requireBound(ctx context.Context, client kubernetes.Interface, namespace string) error {
	pods, err := client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, pod := range pods.Items {
		if pod.Spec.NodeName == "" {
			return errors.New("pod " + pod.Name + " is Running but bound to no node")
		}
	}
	return nil
}

func newDeployment(replicas int32) *appsv1.Deployment {
	labels := map[string]string{"app": deploymentName}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: deploymentName},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "example.com/web:1"}}},
			},
		},
	}
}
