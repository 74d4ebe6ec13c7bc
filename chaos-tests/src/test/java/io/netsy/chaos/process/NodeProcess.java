package io.netsy.chaos.process;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.RangeRequest;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** One {@code netsy start} as a process of its own, on the class path of the tests. */
public final class NodeProcess implements AutoCloseable {
    private static final int FIRST_PORT = 15_000;
    private static final int LAST_PORT = 32_000;
    private static final Duration START_LIMIT = Duration.ofMinutes(2);

    private final Process process;
    private final int clientPort;
    private final Path log;

    private NodeProcess(Process process, int clientPort, Path log) {
        this.process = process;
        this.clientPort = clientPort;
        this.log = log;
    }

    /**
     * How to start a node.
     *
     * @param arguments of {@code netsy start}, the store among them
     * @param environment on top of this process's own, of which NETSY_* are left out: those are for the tests
     * @param log where output goes, appended
     */
    public record Command(int clientPort, List<String> arguments, Map<String, String> environment, Path log) {
        public Command {
            arguments = List.copyOf(arguments);
            environment = Map.copyOf(environment);
        }
    }

    /** A port that nobody has right now, of those that the system gives to no connection by itself. */
    public static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // Another one, then.
            }
        }
    }

    /** Starts a node; returns at once. */
    public static NodeProcess start(Command command) throws IOException {
        List<String> words = new ArrayList<>(List.of("start", "--listen-client", "127.0.0.1:" + command.clientPort()));
        words.addAll(command.arguments());
        return new NodeProcess(
                launch(words, command.environment(), command.log()), command.clientPort(), command.log());
    }

    /** Starts {@code netsy} with other arguments, such as {@code elector}; returns at once. It serves no clients. */
    public static NodeProcess startOther(List<String> arguments, Map<String, String> environment, Path log)
            throws IOException {
        return new NodeProcess(launch(arguments, environment, log), 0, log);
    }

    private static Process launch(List<String> arguments, Map<String, String> environment, Path log)
            throws IOException {
        List<String> words = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "io.netsy.node.cli.Netsy"));
        words.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("NETSY_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** A channel to the node; the caller shuts it down. */
    public ManagedChannel channel() {
        return channelTo(clientPort);
    }

    /** A channel to whatever node has this client port; the caller shuts it down. */
    public static ManagedChannel channelTo(int clientPort) {
        return NettyChannelBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), clientPort))
                .usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
    }

    /** Waits until the node answers a linearizable read. */
    public void awaitServing() {
        ManagedChannel channel = channel();
        try {
            Awaitility.await("netsy on port " + clientPort + " serves; its output is in " + log)
                    .atMost(START_LIMIT)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !process.isAlive() || serves(channel));
            if (!process.isAlive()) {
                throw new IllegalStateException(
                        "netsy ended with exit code %d:%n%s".formatted(process.exitValue(), Files.readString(log)));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            channel.shutdownNow();
        }
    }

    /** Whether the node answers a linearizable read right now. */
    public static boolean serves(ManagedChannel channel) {
        try {
            RangeRequest read = RangeRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("health"))
                    .build();
            return KVGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(2, TimeUnit.SECONDS)
                            .range(read)
                            .getHeader()
                            .getRevision()
                    > 0;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The exit code, once it has ended. */
    public int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    public String output() throws IOException {
        return Files.readString(log);
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Sends SIGTERM and answers the exit code. */
    public int terminate() throws InterruptedException {
        process.destroy();
        return process.waitFor();
    }

    /** Sends a signal by name, such as STOP or CONT. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    /** Deletes a directory with all in it, as losing the disk would. */
    public static void wipe(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
