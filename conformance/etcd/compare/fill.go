package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// How many keys go into one transaction, and how many transactions are under way at a time.
const (
	fillBatch   = 100
	fillWriters = 8
)

// runFill puts keys /many/00000000 and so on, with values of a size that no compression makes smaller.
func runFill(o *options) int {
	conn, err := dial(o.programs.endpoint)
	if err != nil {
		fmt.Printf("fill: %v\n", err)
		return 1
	}
	defer conn.Close()
	kv := pb.NewKVClient(conn)
	var wait sync.WaitGroup
	var next atomic.Int64
	failures := make(chan error, fillWriters)
	for range fillWriters {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for from := next.Add(fillBatch) - fillBatch; from < int64(o.keys); from = next.Add(fillBatch) - fillBatch {
				if err := fillFrom(kv, from, min(from+fillBatch, int64(o.keys)), o.bytes); err != nil {
					failures <- err
					return
				}
			}
		}()
	}
	wait.Wait()
	select {
	case err := <-failures:
		fmt.Printf("fill: %v\n", err)
		return 1
	default:
		fmt.Printf("fill: %d keys of %d bytes\n", o.keys, o.bytes)
		return 0
	}
}

func fillFrom(kv pb.KVClient, from, to int64, size int) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	txn := &pb.TxnRequest{}
	for i := from; i < to; i++ {
		txn.Success = append(txn.Success, putOp(&pb.PutRequest{Key: fmt.Appendf(nil, "/many/%08d", i), Value: noise(uint64(i), size)}))
	}
	_, err := kv.Txn(ctx, txn)
	return err
}

// noise gives the same bytes for the same key in every run.
func noise(seed uint64, size int) []byte {
	random := rand.NewPCG(seed, 1)
	value := make([]byte, size+8)
	for i := 0; i < size; i += 8 {
		binary.LittleEndian.PutUint64(value[i:], random.Uint64())
	}
	return value[:size]
}
