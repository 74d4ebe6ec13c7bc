package io.netsy.node.objectstore.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A TCP proxy on the loopback address that delays, holds back, cuts and resets what goes through it.
 *
 * <p>A delay is added to each direction like a longer cable: bytes wait in a queue, so however long it is, it takes
 * nothing from the throughput (up to {@value #MAX_QUEUED_BYTES} bytes under way per direction and connection).
 *
 * <p>It needs nothing but the JDK and can run alone, so that another process' traffic can be delayed:
 *
 * <pre>java FaultProxy.java --listen 7071 --to 127.0.0.1:7070 --delay-ms 20</pre>
 *
 * <p>Then it takes commands on standard input, one a line: {@code delay MS}, {@code delay-back MS}, {@code blackhole},
 * {@code restore}, {@code reset}, {@code cut}. It runs until it is killed.
 */
public final class FaultProxy implements AutoCloseable {

    private static final int MAX_QUEUED_BYTES = 64 << 20;
    private static final int CHUNK_BYTES = 64 << 10;

    private final InetSocketAddress target;
    private final ServerSocket listener;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition restored = lock.newCondition();
    private final AtomicLong accepted = new AtomicLong();
    private volatile long delayNanos;
    private volatile long delayBackNanos;
    private volatile boolean holding;
    private volatile boolean refusing;

    private FaultProxy(ServerSocket listener, InetSocketAddress target) {
        this.listener = listener;
        this.target = target;
    }

    /** Starts a proxy to a target. */
    public static FaultProxy start(int port, InetSocketAddress target) throws IOException {
        FaultProxy proxy = new FaultProxy(new ServerSocket(port, 100, InetAddress.getLoopbackAddress()), target);
        Thread.ofVirtual().name("fault-proxy-accept").start(proxy::accept);
        return proxy;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    /** From now on bytes from the client take so much longer. */
    public void delay(Duration duration) {
        delayNanos = duration.toNanos();
    }

    /** From now on bytes to the client take so much longer. */
    public void delayBack(Duration duration) {
        delayBackNanos = duration.toNanos();
    }

    /** From now on nothing arrives anywhere and nobody is told; new connections are accepted all the same. */
    public void blackhole() {
        holding = true;
    }

    /** Ends all connections with a reset. */
    public void reset() {
        links.forEach(link -> link.end(true));
    }

    /** Ends all connections in order, and from now on every new one at once. */
    public void cut() {
        refusing = true;
        links.forEach(link -> link.end(false));
    }

    /** Ends a blackhole or a cut; bytes held back arrive now. */
    public void restore() {
        refusing = false;
        lock.lock();
        try {
            holding = false;
            restored.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The connections that stand. */
    public int connections() {
        return links.size();
    }

    /** How many connections came so far, those that were refused among them. */
    public long accepted() {
        return accepted.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        links.forEach(link -> link.end(false));
        restore();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                accepted.incrementAndGet();
                if (refusing) {
                    client.close();
                } else {
                    Thread.ofVirtual().name("fault-proxy-link").start(() -> open(client));
                }
            } catch (IOException e) {
                if (listener.isClosed()) {
                    return;
                }
            }
        }
    }

    private void open(Socket client) {
        Socket server = new Socket();
        try {
            server.connect(target);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Link link = new Link(client, server);
            links.add(link);
            link.start();
        } catch (IOException e) {
            closeQuietly(client);
            closeQuietly(server);
        }
    }

    private void awaitRestored() throws InterruptedException {
        if (!holding) {
            return;
        }
        lock.lock();
        try {
            while (holding) {
                restored.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            System.getLogger("fault-proxy").log(System.Logger.Level.DEBUG, "closing failed", e);
        }
    }

    /** Bytes that are to arrive at a time; none for the end of a direction. */
    private record Chunk(ByteBuffer bytes, long dueNanos) {}

    /** A client's connection and the one that stands for it. */
    private final class Link {

        private final Socket client;
        private final Socket server;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void start() {
            pump(client, server, true);
            pump(server, client, false);
        }

        void end(boolean reset) {
            links.remove(this);
            endOne(client, reset);
            endOne(server, reset);
        }

        private void endOne(Socket socket, boolean reset) {
            try {
                if (reset) {
                    socket.setSoLinger(true, 0);
                }
            } catch (IOException e) {
                System.getLogger("fault-proxy").log(System.Logger.Level.DEBUG, "reset failed", e);
            }
            closeQuietly(socket);
        }

        private void pump(Socket from, Socket to, boolean toServer) {
            BlockingQueue<Chunk> underWay = new LinkedBlockingQueue<>();
            Semaphore room = new Semaphore(MAX_QUEUED_BYTES);
            Thread.ofVirtual().name("fault-proxy-read").start(() -> read(from, underWay, room, toServer));
            Thread.ofVirtual().name("fault-proxy-write").start(() -> write(to, underWay, room));
        }

        private void read(Socket from, BlockingQueue<Chunk> underWay, Semaphore room, boolean toServer) {
            byte[] buffer = new byte[CHUNK_BYTES];
            try {
                for (int count = from.getInputStream().read(buffer);
                        count >= 0;
                        count = from.getInputStream().read(buffer)) {
                    ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(buffer, count));
                    room.acquire(count);
                    underWay.add(new Chunk(bytes, System.nanoTime() + (toServer ? delayNanos : delayBackNanos)));
                }
                underWay.add(new Chunk(
                        ByteBuffer.allocate(0), System.nanoTime() + (toServer ? delayNanos : delayBackNanos)));
            } catch (IOException | InterruptedException e) {
                end(true);
                underWay.add(new Chunk(ByteBuffer.allocate(0), System.nanoTime()));
            }
        }

        private void write(Socket to, BlockingQueue<Chunk> underWay, Semaphore room) {
            try {
                for (Chunk chunk = underWay.take(); chunk.bytes().hasRemaining(); chunk = underWay.take()) {
                    waitUntil(chunk.dueNanos());
                    awaitRestored();
                    to.getOutputStream().write(chunk.bytes().array());
                    room.release(chunk.bytes().capacity());
                }
                awaitRestored();
                to.shutdownOutput();
                if (client.isOutputShutdown() && server.isOutputShutdown()) {
                    end(false);
                }
            } catch (IOException | InterruptedException e) {
                end(true);
            }
        }

        private void waitUntil(long dueNanos) {
            for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    /** Runs a proxy until it is killed. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int port = Integer.parseInt(option(arguments, "--listen", "0"));
        String target = option(arguments, "--to", "");
        int colon = target.lastIndexOf(':');
        if (colon < 0) {
            System.err.println("usage: FaultProxy --listen PORT --to HOST:PORT [--delay-ms N] [--delay-back-ms N]");
            System.exit(2);
            return;
        }
        int targetPort = Integer.parseInt(target.substring(colon + 1));
        try (FaultProxy proxy = start(port, new InetSocketAddress(target.substring(0, colon), targetPort))) {
            proxy.delay(Duration.ofMillis(Long.parseLong(option(arguments, "--delay-ms", "0"))));
            proxy.delayBack(Duration.ofMillis(Long.parseLong(option(arguments, "--delay-back-ms", "0"))));
            System.out.println("listening on 127.0.0.1:" + proxy.address().getPort());
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                System.out.println(proxy.obey(command.strip()) ? "ok" : "unknown command: " + command);
            }
            Thread.currentThread().join();
        }
    }

    private boolean obey(String command) {
        StringTokenizer words = new StringTokenizer(command);
        switch (words.hasMoreTokens() ? words.nextToken() : "") {
            case "delay" -> delay(Duration.ofMillis(Long.parseLong(words.nextToken())));
            case "delay-back" -> delayBack(Duration.ofMillis(Long.parseLong(words.nextToken())));
            case "blackhole" -> blackhole();
            case "restore" -> restore();
            case "reset" -> reset();
            case "cut" -> cut();
            default -> {
                return false;
            }
        }
        return true;
    }

    private static String option(String[] arguments, String name, String otherwise) {
        for (int i = 0; i + 1 < arguments.length; i++) {
            if (arguments[i].equals(name)) {
                return arguments[i + 1];
            }
        }
        return otherwise;
    }
}
