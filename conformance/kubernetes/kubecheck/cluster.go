package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// pollInterval is short against everything that is waited for and long against one request.
const pollInterval = 100 * time.Millisecond

// restConfig reads the kubeconfig, takes off client-go's own throttle, and silences warnings about deprecated versions:
// every version is read, the deprecated ones too.
func (f *clusterFlags) restConfig() (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", f.kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("read --kubeconfig %q: %w", f.kubeconfig, err)
	}
	config.QPS = -1
	config.WarningHandlerWithContext = rest.NoWarnings{}
	return config, nil
}

func (f *clusterFlags) client() (*kubernetes.Clientset, error) {
	config, err := f.restConfig()
	if err != nil {
		return nil, err
	}
	return kubernetes.NewForConfig(config)
}

// readyNamespace creates the namespace if need be, and returns when pods can be created in it: admission refuses them
// until the controller-manager has made the default service account.
func readyNamespace(ctx context.Context, client kubernetes.Interface, name string) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	_, err := client.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create namespace %s: %w", name, err)
	}
	return poll(ctx, "the default service account in namespace "+name, func() error {
		_, err := client.CoreV1().ServiceAccounts(name).Get(ctx, "default", metav1.GetOptions{})
		return err
	})
}

// poll repeats try until it succeeds or the context ends; the error then says what was waited for and the last answer.
func poll(ctx context.Context, what string, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited for %s: %w", what, err)
		case <-time.After(pollInterval):
		}
	}
}
