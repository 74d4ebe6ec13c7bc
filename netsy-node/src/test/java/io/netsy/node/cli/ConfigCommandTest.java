package io.netsy.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.netsy.node.cli.Cli.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCommandTest {
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "NETSY_S3_ACCESS_KEY_ID", "AKIA", "NETSY_S3_SECRET_ACCESS_KEY", "very-secret", "NETSY_NAME", "from-env");

    @TempDir
    Path directory;

    private Path file() throws Exception {
        return Files.writeString(directory.resolve("netsy.yaml"), """
                name: from-file
                store: s3://bucket/cluster
                s3:
                  endpoint: http://user:very-secret@127.0.0.1:9000
                commit:
                  delayPrefixes: [/registry/leases/, "/x: #y/"]
                """);
    }

    @Test
    void checkSaysInOneLineThatAConfigurationIsGood() throws Exception {
        Ran ran = Cli.run(ENVIRONMENT, "config", "check", "--config", file().toString());

        assertThat(ran.out().lines())
                .singleElement()
                .asString()
                .startsWith("the configuration is good: node from-env, store s3://bucket/cluster, data directory /var");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.code()).isZero();
    }

    @Test
    void showTellsEveryValueAndItsSource() throws Exception {
        Ran ran = Cli.run(ENVIRONMENT, "config", "show", "-o", "json", "-c", file().toString(), "--data-dir=/d");

        JsonObject shown = JsonParser.parseString(ran.out()).getAsJsonObject();
        assertSetting(shown, "name", "from-env", "environment", "NETSY_NAME");
        assertSetting(shown, "store", "s3://bucket/cluster", "file", file() + " line 2");
        assertSetting(shown, "dataDir", "/d", "flag", "--data-dir");
        assertSetting(shown, "quotaBytes", "8GiB", "default", "default");
        assertSetting(shown, "s3.secretAccessKey", "***", "environment", "NETSY_S3_SECRET_ACCESS_KEY");
        assertSetting(shown, "s3.endpoint", "http://***@127.0.0.1:9000", "file", file() + " line 4");
        assertThat(ran.code()).isZero();
    }

    private static void assertSetting(JsonObject shown, String key, String value, String source, String origin) {
        JsonObject setting = shown.getAsJsonObject(key);
        assertThat(setting.get("value").getAsString()).isEqualTo(value);
        assertThat(setting.get("source").getAsString()).isEqualTo(source);
        assertThat(setting.get("origin").getAsString()).isEqualTo(origin);
    }

    @Test
    void noFormShowsASecret() throws Exception {
        for (String form : new String[] {"text", "json", "yaml"}) {
            Ran ran = Cli.run(ENVIRONMENT, "config", "show", "-o", form, "-c", file().toString());

            assertThat(ran.out()).contains("from-env").doesNotContain("very-secret");
            assertThat(ran.code()).isZero();
        }
    }

    @Test
    void theYamlFormIsAConfigurationFileThatSaysTheSame() throws Exception {
        String flag = "--data-dir=/a b: #c";
        Ran first = Cli.run("config", "show", "-o", "yaml", "-c", sameWithoutSecrets(), flag);
        Path again = Files.writeString(directory.resolve("again.yaml"), first.out());

        Ran second = Cli.run("config", "show", "-o", "json", "-c", again.toString());

        Ran original = Cli.run("config", "show", "-o", "json", "-c", sameWithoutSecrets(), flag);
        assertThat(second.code()).as(second.err()).isZero();
        assertThat(values(second)).isEqualTo(values(original));
    }

    private String sameWithoutSecrets() throws Exception {
        return Files.writeString(
                        directory.resolve("plain.yaml"),
                        Files.readString(file()).replace("user:very-secret@", ""))
                .toString();
    }

    private static Map<String, String> values(Ran ran) {
        Map<String, String> values = new TreeMap<>();
        JsonParser.parseString(ran.out())
                .getAsJsonObject()
                .entrySet()
                .forEach(entry -> values.put(
                        entry.getKey(),
                        entry.getValue().getAsJsonObject().get("value").getAsString()));
        return values;
    }

    @Test
    void debuggingByVariableIsNoUnknownOption() {
        assertThat(Cli.run(Map.of("NETSY_DEBUG", "1"), "config", "check", "--dev")
                        .code())
                .isZero();
    }
}
