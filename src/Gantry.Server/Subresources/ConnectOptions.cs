using System.Globalization;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Subresources;

/// <summary>What a connection is asked for with, as the object that admission sees: PodExecOptions and its like, made of the query.</summary>
internal static class ConnectOptions
{
    private static readonly string[] Streams = ["stdin", "stdout", "stderr", "tty"];
    private static readonly ResourceType Exec = Kind("PodExecOptions");
    private static readonly ResourceType Attach = Kind("PodAttachOptions");
    private static readonly ResourceType PortForward = Kind("PodPortForwardOptions");
    private static readonly ResourceType PodProxy = Kind("PodProxyOptions");
    private static readonly ResourceType ServiceProxy = Kind("ServiceProxyOptions");
    private static readonly ResourceType NodeProxy = Kind("NodeProxyOptions");

    /// <summary>The options of a call to pods, services or nodes.</summary>
    /// <returns>Their kind, and they themselves.</returns>
    public static (ResourceType Kind, TreeMap Options) Of(ApiCall call)
    {
        var kind = (call.Info.Resource, call.Info.Subresource) switch
        {
            ("pods", "exec") => Exec,
            ("pods", "attach") => Attach,
            ("pods", "portforward") => PortForward,
            ("pods", _) => PodProxy,
            ("services", _) => ServiceProxy,
            _ => NodeProxy,
        };
        var options = new TreeMap { ["kind"] = kind.Kind, ["apiVersion"] = kind.ApiVersion };
        if (ReferenceEquals(kind, Exec) || ReferenceEquals(kind, Attach))
        {
            foreach (var stream in Streams)
            {
                if (call.Options.Flag(stream))
                {
                    options[stream] = true;
                }
            }

            if (call.Options["container"] is { Length: > 0 } container)
            {
                options["container"] = container;
            }
        }

        if (ReferenceEquals(kind, Exec))
        {
            options["command"] = new TreeList(call.Options.All("command").Select(c => (Tree)c));
        }
        else if (ReferenceEquals(kind, PortForward))
        {
            var ports = call.Options.All("ports").SelectMany(p => p.Split(',')).Select(p => long.TryParse(p, out var port) ? port : 0).Where(p => p > 0).ToList();
            if (ports.Count > 0)
            {
                options["ports"] = new TreeList(ports.Select(p => (Tree)TreeInteger.Of(p)));
            }
        }
        else if (!ReferenceEquals(kind, Attach) && ProxySubresource.PathOf(call) is { } path)
        {
            options["path"] = path;
        }

        return (kind, options);
    }

    /// <summary>A query that asks for what options say; parameters that have nothing to do with options stay.</summary>
    public static QueryString Query(IQueryCollection asked, ResourceType kind, TreeMap options)
    {
        var names = ReferenceEquals(kind, Exec) ? [.. Streams, "container", "command"]
            : ReferenceEquals(kind, Attach) ? [.. Streams, "container"]
            : ReferenceEquals(kind, PortForward) ? (string[])["ports"]
            : [];
        var query = QueryString.Create(asked.Where(p => !names.Contains(p.Key, StringComparer.Ordinal)));
        foreach (var name in names)
        {
            foreach (var value in options[name] is TreeList list ? list : options[name] is { } one ? [one] : (IEnumerable<Tree>)[])
            {
                query = query.Add(name, value switch
                {
                    TreeString text => text.Value,
                    TreeBool flag => flag.Value ? "true" : "false",
                    TreeInteger number => number.Value.ToString(CultureInfo.InvariantCulture),
                    _ => "",
                });
            }
        }

        return query;
    }

    /// <summary>What is wrong with the ports of a forwarding, or null.</summary>
    public static string? PortFault(IReadOnlyList<string> ports)
    {
        foreach (var port in ports.SelectMany(p => p.Split(',')).Where(p => !ushort.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            var isNumber = port.Length > 0 && !port.AsSpan().ContainsAnyExceptInRange('0', '9');
            return $"cannot convert to []int32: strconv.ParseUint: parsing \"{port}\": {(isNumber ? "value out of range" : "invalid syntax")}";
        }

        return null;
    }

    private static ResourceType Kind(string kind)
    {
        var schema = new TypeSchema("v1." + kind, "v1." + kind, [new FieldSchema("kind", ValueKind.String), new FieldSchema("apiVersion", ValueKind.String)]) { PreservesUnknown = true };
        return new ResourceType("", "v1", kind, "", true, () => schema);
    }
}
