using System.Globalization;
using System.Text;
using Gantry.Api.Models;

namespace Gantry.Node.Containers;

/// <summary>The fields of a pod that its containers may see, by their paths.</summary>
public static class PodFields
{
    /// <exception cref="ConfigurationException">The path names nothing a container may see.</exception>
    public static string Value(V1Pod pod, string path, PodAddresses addresses)
    {
        if (Subscript(path) is var (field, key))
        {
            return field switch
            {
                "metadata.labels" => pod.Metadata.Labels.GetValueOrDefault(key, ""),
                "metadata.annotations" => pod.Metadata.Annotations.GetValueOrDefault(key, ""),
                _ => throw new ConfigurationException($"fieldPath \"{path}\" does not support subscript"),
            };
        }

        return path switch
        {
            "metadata.name" => pod.Metadata.Name,
            "metadata.namespace" => pod.Metadata.Namespace,
            "metadata.uid" => pod.Metadata.Uid,
            "metadata.labels" => Format(pod.Metadata.Labels),
            "metadata.annotations" => Format(pod.Metadata.Annotations),
            "spec.nodeName" => pod.Spec.NodeName,
            "spec.serviceAccountName" => pod.Spec.ServiceAccountName,
            "status.hostIP" => addresses.Host.FirstOrDefault(""),
            "status.hostIPs" => string.Join(',', addresses.Host),
            "status.podIP" => addresses.Pod.FirstOrDefault(""),
            "status.podIPs" => string.Join(',', addresses.Pod),
            _ => throw new ConfigurationException($"unsupported fieldPath: {path}"),
        };
    }

    /// <summary>One <c>key="value"</c> a line, by key, with the escapes that Go's %q writes.</summary>
    public static string Format(IReadOnlyDictionary<string, string> map) =>
        string.Join('\n', map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={Quote(p.Value)}"));

    private static (string Field, string Key)? Subscript(string path)
    {
        var open = path.IndexOf("['", StringComparison.Ordinal);
        return open > 0 && path.EndsWith("']", StringComparison.Ordinal) ? (path[..open], path[(open + 2)..^2]) : null;
    }

    private static string Quote(string text)
    {
        var result = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                < ' ' or (char)127 => result.Append("\\x").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture)),
                _ => result.Append(c),
            };
        }

        return result.Append('"').ToString();
    }
}
