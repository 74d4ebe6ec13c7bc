package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
)

const (
	pageSize    = 500
	dialTimeout = 10 * time.Second
)

// storedKey is everything that the store says about one key.
type storedKey struct {
	Create  int64  `json:"create"`
	Mod     int64  `json:"mod"`
	Version int64  `json:"version"`
	Lease   int64  `json:"lease"`
	Value   string `json:"sha256"`
}

// storeImage is the whole keyspace at one revision.
type storeImage struct {
	Revision int64                `json:"revision"`
	Keys     map[string]storedKey `json:"keys"`
}

// saveStore writes the image of the whole store at its present revision to --file.
func saveStore(ctx context.Context, args []string) error {
	f := newFlags("store-save")
	_ = f.set.Parse(args)
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	client, err := openStore(f.endpoint)
	if err != nil {
		return err
	}
	defer client.Close()
	image, err := readStore(ctx, client, 0)
	if err != nil {
		return err
	}
	text, err := json.Marshal(image)
	if err != nil {
		return err
	}
	fmt.Printf("%d keys at revision %d\n", len(image.Keys), image.Revision)
	return os.WriteFile(f.file, text, 0o600)
}

// verifyStore reads the store again at the revision of the saved image: what the store says about that revision must
// be the same for ever, so every difference is a loss or a corruption.
func verifyStore(ctx context.Context, args []string) error {
	f := newFlags("store-verify")
	_ = f.set.Parse(args)
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	text, err := os.ReadFile(f.file)
	if err != nil {
		return err
	}
	var before storeImage
	if err := json.Unmarshal(text, &before); err != nil {
		return fmt.Errorf("read %s: %w", f.file, err)
	}
	client, err := openStore(f.endpoint)
	if err != nil {
		return err
	}
	defer client.Close()
	after, err := readStore(ctx, client, before.Revision)
	if err != nil {
		return err
	}
	if differences := imageDifferences(before.Keys, after.Keys); len(differences) > 0 {
		return fmt.Errorf("%d keys differ at revision %d, the first: %s", len(differences), before.Revision, differences[0])
	}
	fmt.Printf("all %d keys of revision %d are there, unchanged\n", len(before.Keys), before.Revision)
	return nil
}

// imageDifferences names each key that is lost, changed, or was not there before.
func imageDifferences(before, after map[string]storedKey) []string {
	var differences []string
	for key, was := range before {
		switch is, exists := after[key]; {
		case !exists:
			differences = append(differences, fmt.Sprintf("%s is lost (was %+v)", key, was))
		case is != was:
			differences = append(differences, fmt.Sprintf("%s was %+v, is %+v", key, was, is))
		}
	}
	for key, is := range after {
		if _, existed := before[key]; !existed {
			differences = append(differences, fmt.Sprintf("%s was not there (is %+v)", key, is))
		}
	}
	return differences
}

func openStore(endpoint string) (*clientv3.Client, error) {
	config := clientv3.Config{Endpoints: strings.Split(endpoint, ","), DialTimeout: dialTimeout, Logger: zap.NewNop()}
	client, err := clientv3.New(config)
	if err != nil {
		return nil, fmt.Errorf("open --endpoint %q: %w", endpoint, err)
	}
	return client, nil
}

// readStore reads all pages at one revision; 0 means the present one.
func readStore(ctx context.Context, client *clientv3.Client, revision int64) (*storeImage, error) {
	image := &storeImage{Revision: revision, Keys: map[string]storedKey{}}
	from := "\x00"
	for {
		page, err := client.Get(ctx, from, clientv3.WithFromKey(), clientv3.WithLimit(pageSize), clientv3.WithRev(image.Revision))
		if err != nil {
			return nil, fmt.Errorf("range from %q at revision %d: %w", from, image.Revision, err)
		}
		if image.Revision == 0 {
			image.Revision = page.Header.Revision
		}
		for _, kv := range page.Kvs {
			image.Keys[string(kv.Key)] = describe(kv)
			from = string(kv.Key) + "\x00"
		}
		if !page.More {
			return image, nil
		}
	}
}

func describe(kv *mvccpb.KeyValue) storedKey {
	sum := sha256.Sum256(kv.Value)
	return storedKey{
		Create: kv.CreateRevision, Mod: kv.ModRevision, Version: kv.Version, Lease: kv.Lease,
		Value: hex.EncodeToString(sum[:]),
	}
}
