using System.Globalization;

namespace Gantry.Node.Pods;

/// <summary>Where a pod's files lie; the layout is the one that tools and people know from other nodes.</summary>
public sealed class PodFolders
{
    private readonly string _root;

    public PodFolders(string root)
    {
        _root = root;
    }

    public string Of(string uid) => Path.Combine(_root, uid);

    public string Volume(string uid, string kind, string name) => Path.Combine(_root, uid, "volumes", "kubernetes.io~" + kind, name);

    /// <summary>The place where one mount of a part of a volume is held.</summary>
    public string SubPath(string uid, string volume, string container, int index) =>
        Path.Combine(_root, uid, "volume-subpaths", volume, container, index.ToString(CultureInfo.InvariantCulture));

    public string Hosts(string uid) => Path.Combine(_root, uid, "etc-hosts");

    /// <summary>The file behind a container's termination message path.</summary>
    public string LastWords(string uid, string container, int restartCount) =>
        Path.Combine(_root, uid, "containers", container, restartCount.ToString(CultureInfo.InvariantCulture));

    /// <summary>The uids that have a folder.</summary>
    public IEnumerable<string> Uids() => Directory.Exists(_root) ? Directory.EnumerateDirectories(_root).Select(d => Path.GetFileName(d)) : [];
}
