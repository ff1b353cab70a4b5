using Gantry.Api.Trees;
using Gantry.Server.Authorization;

namespace Gantry.Server.Configuration;

/// <summary>An object of a configuration file (<c>apiserver.config.k8s.io</c>), read strictly: what nobody asks for, and what has the wrong type, is a problem.</summary>
internal sealed class ConfigNode
{
    private const long LargestFile = 1 << 20;

    private readonly TreeMap _map;
    private readonly string _path;
    private readonly List<string> _problems;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<ConfigNode> _children = [];

    private ConfigNode(TreeMap map, string path, List<string> problems)
    {
        _map = map;
        _path = path;
        _problems = problems;
    }

    /// <summary>Reads a file of that kind.</summary>
    /// <param name="file">YAML or JSON.</param>
    /// <param name="kind">The kind it must have.</param>
    /// <param name="versions">The versions of <c>apiserver.config.k8s.io</c> it may have.</param>
    /// <param name="read">Takes what it needs.</param>
    /// <exception cref="FormatException">It is something else, or holds what is not known.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static T Read<T>(string file, string kind, IReadOnlyList<string> versions, Func<ConfigNode, T> read)
    {
        if (new FileInfo(file).Length > LargestFile)
        {
            throw new FormatException($"{file}: larger than {LargestFile} bytes");
        }

        return Parse(File.ReadAllBytes(file), file, kind, versions, read);
    }

    /// <inheritdoc cref="Read"/>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="file">What messages call it.</param>
    /// <param name="kind">The kind it must have.</param>
    /// <param name="versions">The versions it may have.</param>
    /// <param name="read">Takes what it needs.</param>
    public static T Parse<T>(ReadOnlySpan<byte> text, string file, string kind, IReadOnlyList<string> versions, Func<ConfigNode, T> read)
    {
        TreeMap root;
        try
        {
            root = TreeYaml.Parse(text) as TreeMap ?? throw new FormatException($"{file}: it is empty");
        }
        catch (TreeException broken)
        {
            throw new FormatException($"{file}: {broken.Message}", broken);
        }

        if (root.Text("kind") != kind || !versions.Any(v => root.Text("apiVersion") == "apiserver.config.k8s.io/" + v))
        {
            throw new FormatException($"{file}: no kind {GoText.Quote(root.Text("kind") ?? "")} is registered for version {GoText.Quote(root.Text("apiVersion") ?? "")}; wanted is {kind} of apiserver.config.k8s.io/{versions[^1]}");
        }

        var problems = new List<string>();
        var node = new ConfigNode(root, "", problems);
        node._known.UnionWith(["kind", "apiVersion"]);
        var result = read(node);
        node.Close();
        return problems.Count == 0 ? result : throw new FormatException($"{file}: strict decoding error: {string.Join(", ", problems)}");
    }

    public bool Has(string name) => _known.Add(name) | _map.Contains(name) && _map[name] is { } and not TreeNull;

    /// <summary>A text; empty where there is none.</summary>
    public string Text(string name) => Of<TreeString>(name, "a text")?.Value ?? "";

    public bool? Flag(string name) => Of<TreeBool>(name, "true or false")?.Value;

    /// <summary>An object, or null.</summary>
    public ConfigNode? Node(string name) => Of<TreeMap>(name, "an object") is { } map ? Child(map, Under(name)) : null;

    /// <summary>The objects of a list.</summary>
    public IReadOnlyList<ConfigNode> Nodes(string name)
    {
        var nodes = new List<ConfigNode>();
        foreach (var item in Of<TreeList>(name, "a list") ?? [])
        {
            var path = $"{Under(name)}[{nodes.Count}]";
            if (item is not TreeMap)
            {
                _problems.Add($"{path} must be an object");
            }

            nodes.Add(Child(item as TreeMap ?? new TreeMap(), path));
        }

        return nodes;
    }

    /// <summary>The texts of a list.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        var list = Of<TreeList>(name, "a list") ?? [];
        if (list.Any(i => i is not TreeString))
        {
            _problems.Add($"{Under(name)} must be a list of texts");
        }

        return [.. list.OfType<TreeString>().Select(t => t.Value)];
    }

    private T? Of<T>(string name, string wanted)
        where T : Tree
    {
        _ = _known.Add(name);
        switch (_map[name])
        {
            case null or TreeNull:
                return null;
            case T value:
                return value;
            default:
                _problems.Add($"{Under(name)} must be {wanted}");
                return null;
        }
    }

    private ConfigNode Child(TreeMap map, string path)
    {
        var child = new ConfigNode(map, path, _problems);
        _children.Add(child);
        return child;
    }

    private void Close()
    {
        _problems.AddRange(_map.Keys.Where(k => !_known.Contains(k)).Select(k => $"unknown field {GoText.Quote(Under(k))}"));
        _children.ForEach(c => c.Close());
    }

    private string Under(string name) => _path.Length == 0 ? name : _path + "." + name;
}
