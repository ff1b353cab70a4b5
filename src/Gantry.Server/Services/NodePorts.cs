using System.Globalization;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Statuses;

namespace Gantry.Server.Services;

/// <summary>Gives the ports of a Service their numbers on the nodes, and a local balancer the one that it is asked for its health on.</summary>
internal static class NodePorts
{
    /// <summary>Of a new Service: ports of the same number, which differ in their protocol, share a node port.</summary>
    /// <returns>Why the write must not go on, or null.</returns>
    public static ApiStatus? Create(TreeMap spec, string name, PortClaims claims)
    {
        if (!ServiceFields.HasNodePorts(spec.Text("type")))
        {
            return null;
        }

        var (ports, byNumber) = (spec.Items("ports").ToList(), new Dictionary<int, int>());
        for (var i = 0; i < ports.Count; i++)
        {
            var (number, asked) = (ports[i].Number("port"), ports[i].Number("nodePort"));
            if (asked == 0 && !ServiceFields.NeedsNodePorts(spec))
            {
                continue;
            }

            if (!byNumber.TryGetValue(number, out var shared))
            {
                var wanted = ports.Find(p => p.Number("port") == number && p.Number("nodePort") != 0)?.Number("nodePort") ?? 0;
                if ((wanted == 0 ? Next(claims, out wanted) : Claim(claims, wanted, i, name)) is { } refusal)
                {
                    return refusal;
                }

                byNumber[number] = wanted;
                ports[i] = ports[i].With("nodePort", wanted);
            }
            else if (asked == 0)
            {
                ports[i] = ports[i].With("nodePort", shared);
            }
            else if (asked != shared && Claim(claims, asked, i, name) is { } refusal)
            {
                return refusal;
            }
        }

        Set(spec, ports);
        return null;
    }

    /// <summary>Of a changed Service: every port that has none gets a node port of its own.</summary>
    /// <returns>Why the write must not go on, or null.</returns>
    public static ApiStatus? Update(TreeMap spec, V1ServiceSpec old, string name, PortClaims claims)
    {
        if (!ServiceFields.HasNodePorts(spec.Text("type")))
        {
            return null;
        }

        var held = old.Ports.Select(p => p.NodePort).Where(p => p != 0).ToHashSet();
        var (ports, seen) = (spec.Items("ports").ToList(), new HashSet<(string, int)>());
        for (var i = 0; i < ports.Count; i++)
        {
            var port = ports[i].Number("nodePort");
            if (port == 0)
            {
                if (!ServiceFields.NeedsNodePorts(spec))
                {
                    continue;
                }

                if (Next(claims, out port) is { } full)
                {
                    return full;
                }

                ports[i] = ports[i].With("nodePort", port);
            }
            else if (held.Add(port) && Claim(claims, port, i, name) is { } refusal)
            {
                return refusal;
            }

            var protocol = ports[i].Text("protocol") ?? "";
            if (!seen.Add((protocol, port)))
            {
                return new ApiStatus { Code = 500, Message = string.Create(CultureInfo.InvariantCulture, $"duplicate nodePort: {{{protocol} {port}}}") };
            }
        }

        Set(spec, ports);
        return null;
    }

    /// <summary>The port for questions about health, where the Service begins to need one; one that it has is left to validation.</summary>
    /// <returns>Why the write must not go on, or null.</returns>
    public static ApiStatus? HealthCheck(TreeMap spec, V1ServiceSpec? old, PortClaims claims)
    {
        if (!ServiceFields.NeedsHealthCheckPort(spec) || (old is not null && ServiceFields.NeedsHealthCheckPort(old)))
        {
            return null;
        }

        var asked = spec.Number("healthCheckNodePort");
        if (asked != 0)
        {
            return claims.Claim(asked) is { } why
                ? ApiStatus.Internal(string.Create(CultureInfo.InvariantCulture, $"failed to allocate requested HealthCheck NodePort {asked}: {why}")) : null;
        }

        if (claims.Next() is not { } free)
        {
            return ApiStatus.Internal("failed to allocate a HealthCheck NodePort 0: range is full");
        }

        spec["healthCheckNodePort"] = free;
        return null;
    }

    private static ApiStatus? Claim(PortClaims claims, int port, int index, string name) =>
        claims.Claim(port) is { } why ? ApiStatus.Invalid("", "Service", name, [FieldError.Invalid($"spec.ports[{index}].nodePort", port, why)]) : null;

    private static ApiStatus? Next(PortClaims claims, out int port)
    {
        var next = claims.Next();
        port = next ?? 0;
        return next is null ? ApiStatus.Internal("failed to allocate a nodePort: range is full") : null;
    }

    private static void Set(TreeMap spec, List<TreeMap> ports)
    {
        if (ports.Count > 0)
        {
            spec["ports"] = new TreeList(ports);
        }
    }
}
