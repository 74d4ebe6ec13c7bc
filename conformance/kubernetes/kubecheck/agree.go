package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/metadata"
)

const registry = "/registry/"

// ownFolder names the resources that the apiserver keeps under another folder than their own name.
var ownFolder = map[schema.GroupResource]string{
	{Resource: "nodes"}:                                                    "minions",
	{Resource: "services"}:                                                 "services/specs",
	{Resource: "endpoints"}:                                                "services/endpoints",
	{Resource: "replicationcontrollers"}:                                   "controllers",
	{Group: "networking.k8s.io", Resource: "ingresses"}:                    "ingress",
	{Group: "apiregistration.k8s.io", Resource: "apiservices"}:             "apiregistration.k8s.io/apiservices",
	{Group: "apiextensions.k8s.io", Resource: "customresourcedefinitions"}: "apiextensions.k8s.io/customresourcedefinitions",
}

// internalFolders hold the apiserver's own records, which no resource lists: the leases behind the kubernetes service,
// and the allocations of cluster addresses and node ports.
var internalFolders = []string{"masterleases/", "peerserverleases/", "ranges/"}

// revisions maps "namespace/name", or "name", to the revision of that object.
type revisions map[string]int64

// checkAgreement requires for every resource the apiserver serves that its watch cache (a list at resourceVersion=0),
// a consistent list, and the keys in the store agree on names and revisions. Controllers go on writing, so each
// resource is tried again until all three agree or --timeout is over: a cache that is behind catches up in that time, one
// that lost an event never does. Keys that belong to no resource are an error as well.
func checkAgreement(ctx context.Context, args []string) error {
	f := newFlags("agree")
	_ = f.set.Parse(args)
	config, err := f.restConfig()
	if err != nil {
		return err
	}
	resources, err := storedResources(discovery.NewDiscoveryClientForConfigOrDie(config))
	if err != nil {
		return err
	}
	store, err := openStore(f.endpoint)
	if err != nil {
		return err
	}
	defer store.Close()
	lists := metadata.NewForConfigOrDie(config)
	var disagreements []string
	total := 0
	deadline := time.Now().Add(f.timeout)
	for _, resource := range resources {
		objects, difference := awaitAgreement(ctx, deadline, lists, store, resource)
		total += objects
		if difference != "" {
			disagreements = append(disagreements, resource.GroupResource().String()+": "+difference)
		}
	}
	strays, err := strayKeys(ctx, store, resources)
	if err != nil {
		return err
	}
	disagreements = append(disagreements, strays...)
	if len(disagreements) > 0 {
		return fmt.Errorf("after %s of trying:\n  %s", f.timeout, strings.Join(disagreements, "\n  "))
	}
	fmt.Printf("watch cache, consistent list and store agree on %d objects of %d resources\n", total, len(resources))
	return nil
}

// storedResources are those that can be listed and watched, thus have keys in the store and a cache in the apiserver.
func storedResources(client discovery.DiscoveryInterface) ([]schema.GroupVersionResource, error) {
	lists, err := client.ServerPreferredResources()
	if err != nil {
		return nil, fmt.Errorf("discover the resources: %w", err)
	}
	var found []schema.GroupVersionResource
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			return nil, err
		}
		for _, resource := range list.APIResources {
			if slices.Contains(resource.Verbs, "list") && slices.Contains(resource.Verbs, "watch") {
				found = append(found, version.WithResource(resource.Name))
			}
		}
	}
	return found, nil
}

// awaitAgreement returns the number of objects and, if the three views never agreed, the last difference.
func awaitAgreement(ctx context.Context, deadline time.Time, lists metadata.Interface, store *clientv3.Client,
	resource schema.GroupVersionResource) (int, string) {
	for {
		objects, difference, err := compareViews(ctx, lists, store, resource)
		if err != nil {
			difference = err.Error()
		}
		if difference == "" || time.Now().After(deadline) || ctx.Err() != nil {
			return objects, difference
		}
		time.Sleep(pollInterval)
	}
}

func compareViews(ctx context.Context, lists metadata.Interface, store *clientv3.Client,
	resource schema.GroupVersionResource) (int, string, error) {
	cached, err := listRevisions(ctx, lists, resource, "0")
	if err != nil {
		return 0, "", err
	}
	stored, err := storeRevisions(ctx, store, resource.GroupResource())
	if err != nil {
		return 0, "", err
	}
	consistent, err := listRevisions(ctx, lists, resource, "")
	if err != nil {
		return 0, "", err
	}
	if difference := describeDifference("watch cache", cached, stored); difference != "" {
		return 0, difference, nil
	}
	return len(stored), describeDifference("consistent list", consistent, stored), nil
}

func listRevisions(ctx context.Context, lists metadata.Interface, resource schema.GroupVersionResource, version string) (revisions, error) {
	list, err := lists.Resource(resource).List(ctx, metav1.ListOptions{ResourceVersion: version})
	if err != nil {
		return nil, fmt.Errorf("list at resourceVersion=%q: %w", version, err)
	}
	found := revisions{}
	for i := range list.Items {
		object := &list.Items[i]
		revision, err := strconv.ParseInt(object.ResourceVersion, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("resourceVersion of %s: %w", object.Name, err)
		}
		found[strings.TrimPrefix(object.Namespace+"/"+object.Name, "/")] = revision
	}
	return found, nil
}

func storeRevisions(ctx context.Context, store *clientv3.Client, resource schema.GroupResource) (revisions, error) {
	folder := storeFolder(resource)
	answer, err := store.Get(ctx, folder, clientv3.WithPrefix(), clientv3.WithKeysOnly())
	if err != nil {
		return nil, fmt.Errorf("range over %s: %w", folder, err)
	}
	found := revisions{}
	for _, kv := range answer.Kvs {
		found[strings.TrimPrefix(string(kv.Key), folder)] = kv.ModRevision
	}
	return found, nil
}

// storeFolder is where the apiserver keeps a resource: built-in ones by name, custom ones by group and name.
func storeFolder(resource schema.GroupResource) string {
	if folder, special := ownFolder[resource]; special {
		return registry + folder + "/"
	}
	if isBuiltIn(resource.Group) {
		return registry + resource.Resource + "/"
	}
	return registry + resource.Group + "/" + resource.Resource + "/"
}

// isBuiltIn tells Kubernetes' own groups, which have no dot or end in k8s.io, from those of custom resources.
func isBuiltIn(group string) bool {
	return !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")
}

func describeDifference(view string, seen, stored revisions) string {
	var missing, extra, other []string
	for name, revision := range stored {
		switch at, exists := seen[name]; {
		case !exists:
			missing = append(missing, name)
		case at != revision:
			other = append(other, fmt.Sprintf("%s at %d instead of %d", name, at, revision))
		}
	}
	for name := range seen {
		if _, exists := stored[name]; !exists {
			extra = append(extra, name)
		}
	}
	if len(missing)+len(extra)+len(other) == 0 {
		return ""
	}
	return fmt.Sprintf("the %s has %d objects, the store %d; missing %s; not in the store %s; at another revision %s",
		view, len(seen), len(stored), sample(missing), sample(extra), sample(other))
}

// sample names the count and a few of the names.
func sample(names []string) string {
	const shown = 3
	if len(names) == 0 {
		return "0"
	}
	slices.Sort(names)
	return fmt.Sprintf("%d (%s)", len(names), strings.Join(names[:min(shown, len(names))], ", "))
}

// strayKeys are keys under /registry/ that belong to no resource: then this program compares the wrong folder.
func strayKeys(ctx context.Context, store *clientv3.Client, resources []schema.GroupVersionResource) ([]string, error) {
	var folders []string
	for _, folder := range internalFolders {
		folders = append(folders, registry+folder)
	}
	for _, resource := range resources {
		folders = append(folders, storeFolder(resource.GroupResource()))
	}
	answer, err := store.Get(ctx, registry, clientv3.WithPrefix(), clientv3.WithKeysOnly())
	if err != nil {
		return nil, fmt.Errorf("range over %s: %w", registry, err)
	}
	var strays []string
	for _, kv := range answer.Kvs {
		key := string(kv.Key)
		if !slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(key, folder) }) {
			strays = append(strays, "key "+key+" belongs to no resource that the apiserver lists")
		}
	}
	return strays, nil
}
