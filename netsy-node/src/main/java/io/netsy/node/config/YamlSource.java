package io.netsy.node.config;

import io.netsy.node.config.Setting.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Settings from a YAML file: nested mappings whose paths are option keys. */
final class YamlSource {
    private final Path file;
    private final List<String> problems;
    private final Map<String, Setting> settings = new HashMap<>();

    private YamlSource(Path file, List<String> problems) {
        this.file = file;
        this.problems = problems;
    }

    static Map<String, Setting> read(Path file, List<String> problems) {
        YamlSource source = new YamlSource(file, problems);
        source.readFile();
        return source.settings;
    }

    private void readFile() {
        try {
            LoadSettings load = LoadSettings.builder().setLabel(file.toString()).build();
            Optional<Node> root = new Compose(load).composeString(Files.readString(file));
            root.ifPresent(this::readRoot);
        } catch (NoSuchFileException missing) {
            problems.add("configuration file " + file + " does not exist; check --config");
        } catch (IOException unreadable) {
            problems.add("configuration file " + file + " can't be read: " + unreadable);
        } catch (MarkedYamlEngineException malformed) {
            String place = malformed
                    .getProblemMark()
                    .map(mark -> " line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1))
                    .orElse("");
            problems.add(file + place + ": not YAML: " + malformed.getProblem());
        } catch (YamlEngineException malformed) {
            problems.add(file + ": not YAML: " + malformed.getMessage());
        }
    }

    private void readRoot(Node root) {
        if (root instanceof MappingNode mapping) {
            readMapping("", mapping);
        } else if (!root.getTag().equals(Tag.NULL)) {
            problems.add(at(root) + ": expected a mapping, for example 'store: s3://my-bucket/my-cluster'");
        }
    }

    private void readMapping(String prefix, MappingNode mapping) {
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode keyNode)) {
                problems.add(at(entry.getKeyNode()) + ": a key must be plain text");
                continue;
            }
            String key = prefix + keyNode.getValue();
            Node value = entry.getValueNode();
            Option<?> option = Options.BY_KEY.get(key);
            if (option != null) {
                readValue(option, keyNode, value);
            } else if (!isGroup(key)) {
                problems.add(at(keyNode) + ": unknown key '" + key + "'" + suggestion(key));
            } else if (value instanceof MappingNode nested) {
                readMapping(key + ".", nested);
            } else if (!value.getTag().equals(Tag.NULL)) {
                problems.add(at(keyNode) + ": '" + key + "' is a group of options; write them indented below it");
            }
        }
    }

    private void readValue(Option<?> option, ScalarNode keyNode, Node value) {
        if (settings.containsKey(option.key())) {
            problems.add(at(keyNode) + ": '" + option.key() + "' is given twice");
        } else if (value.getTag().equals(Tag.NULL)) {
            problems.add(at(keyNode) + ": '" + option.key() + "' has no value; remove the line or give it one");
        } else if (value instanceof ScalarNode scalar) {
            settings.put(option.key(), new Setting(scalar.getValue(), Source.FILE, at(value)));
        } else if (value instanceof SequenceNode sequence && isList(option)) {
            readSequence(option, sequence);
        } else {
            problems.add(at(keyNode) + ": '" + option.key() + "' takes one value: "
                    + option.type().placeholder());
        }
    }

    private void readSequence(Option<?> option, SequenceNode sequence) {
        List<String> texts = new ArrayList<>();
        for (Node element : sequence.getValue()) {
            if (element instanceof ScalarNode scalar) {
                texts.add(scalar.getValue());
            } else {
                problems.add(at(element) + ": an element of '" + option.key() + "' must be plain text");
            }
        }
        settings.put(option.key(), new Setting(String.join(",", texts), Source.FILE, at(sequence)));
    }

    private static boolean isList(Option<?> option) {
        return option.type().equals(OptionTypes.TEXTS) || option.type().equals(OptionTypes.URLS);
    }

    private static boolean isGroup(String key) {
        return Options.ALL.stream().anyMatch(option -> option.key().startsWith(key + "."));
    }

    private static String suggestion(String key) {
        return Suggestion.of(key, Options.ALL.stream().map(Option::key).toList());
    }

    private String at(Node node) {
        return file
                + node.getStartMark()
                        .map(mark -> " line " + (mark.getLine() + 1))
                        .orElse("");
    }
}
