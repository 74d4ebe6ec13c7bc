package main

import (
	"errors"
	"fmt"
	"sync"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// align brings two servers of different pasts to equal revisions and equal hashes: both are emptied, the one that is
// behind writes until it has caught up, and both are compacted to their common newest revision, at which nothing lives.
func (p *pair) align() error {
	if err := p.each(cleanUp); err != nil {
		return err
	}
	etcd, netsy, err := p.views()
	if err != nil {
		return err
	}
	behind, missing := etcd, netsy.base-etcd.base
	if missing < 0 {
		behind, missing = netsy, -missing
	}
	if err := behind.advance(missing); err != nil {
		return err
	}
	if err := errors.Join(etcd.forget(), netsy.forget()); err != nil {
		return err
	}
	if etcd, netsy, err = p.views(); err == nil && etcd.base != netsy.base {
		err = fmt.Errorf("the servers stay at revisions %d and %d; does somebody else write to %s?", etcd.base, netsy.base, p.netsy.endpoint)
	}
	return err
}

func (p *pair) views() (etcd, netsy *T, err error) {
	if etcd, err = newT(p.etcd); err == nil {
		netsy, err = newT(p.netsy)
	}
	return etcd, netsy, err
}

// advance uses up revisions, several at a time.
func (t *T) advance(revisions int64) error {
	var wait sync.WaitGroup
	todo, failed := make(chan struct{}, 64), make(chan error, 16)
	for range cap(failed) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			var first error
			for range todo {
				if _, err := t.kv.Put(t.timeout(), &pb.PutRequest{Key: b("align")}); err != nil && first == nil {
					first = err
				}
			}
			failed <- first
		}()
	}
	for range revisions {
		todo <- struct{}{}
	}
	close(todo)
	wait.Wait()
	close(failed)
	var all error
	for err := range failed {
		all = errors.Join(all, err)
	}
	return all
}

// forget leaves an empty store that is compacted to its newest revision. A few revisions lie between this compaction and
// any earlier one, whose hash a server may remember.
func (t *T) forget() error {
	if err := t.advance(5); err != nil {
		return err
	}
	if _, err := t.kv.Put(t.timeout(), &pb.PutRequest{Key: b("align")}); err != nil {
		return err
	}
	gone, err := t.kv.DeleteRange(t.timeout(), &pb.DeleteRangeRequest{Key: []byte{0}, RangeEnd: []byte{0}})
	if err != nil {
		return err
	}
	_, err = t.kv.Compact(t.timeout(), &pb.CompactionRequest{Revision: gone.Header.Revision, Physical: true})
	return err
}
