using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Ingresses and their classes (<c>networking.k8s.io</c>).</summary>
public static class IngressRules
{
    private const string ClassAnnotation = "kubernetes.io/ingress.class";
    private const int LongestController = 250;

    /// <summary>An Ingress, or its status.</summary>
    public static void Ingress(FieldErrors errors, V1Ingress ingress, V1Ingress? old, string subresource)
    {
        if (subresource == "status")
        {
            Status(errors, ingress.Status.LoadBalancer.Ingress, FieldPath.Root("status").Child("loadBalancer").Child("ingress"));
            return;
        }

        var (spec, at) = (ingress.Spec, FieldPath.Root("spec"));
        if (spec.Rules.Count == 0 && spec.DefaultBackend is null)
        {
            errors.InvalidDump(at, "[]networking.IngressRule(nil)", "either `defaultBackend` or `rules` must be specified");
        }

        if (spec.DefaultBackend is { } backend)
        {
            Backend(errors, backend, at.Child("defaultBackend"));
        }

        Hosts(errors, spec.Rules, old, at.Child("rules"));
        Tls(errors, spec.Tls, old, at.Child("tls"));
        if (spec.IngressClassName is { } name)
        {
            errors.Invalid(at.Child("ingressClassName"), name, Rules.DnsSubdomain(name));
        }

        // Both ways to name the class may be used by who makes an Ingress, as long as they agree.
        if (old is null && spec.IngressClassName is { } wanted && ingress.Metadata.Annotations.TryGetValue(ClassAnnotation, out var annotated) && annotated != wanted)
        {
            errors.Invalid(FieldPath.Root("annotations").Child(ClassAnnotation), annotated, "must match `ingressClassName` when both are specified");
        }
    }

    private static void Hosts(FieldErrors errors, IReadOnlyList<V1IngressRule> rules, V1Ingress? old, FieldPath at)
    {
        // What was let in before wildcards were checked may stay.
        var isOldTolerated = old is not null && old.Spec.Rules.Any(r => r.Host.Contains('*', StringComparison.Ordinal) && Breaks(r));
        for (var i = 0; i < rules.Count; i++)
        {
            var (rule, path) = (rules[i], at.Index(i));
            var isWildcard = rule.Host.Contains('*', StringComparison.Ordinal);
            if (rule.Host.Length > 0)
            {
                if (Rules.IsIp(rule.Host))
                {
                    errors.Invalid(path.Child("host"), rule.Host, "must be a DNS name, not an IP address");
                }

                errors.Invalid(path.Child("host"), rule.Host, HostName(rule.Host));
            }

            if (rule.Http is { } http && !(isWildcard && isOldTolerated))
            {
                Paths(errors, http, path.Child("http"));
            }
        }
    }

    private static bool Breaks(V1IngressRule rule)
    {
        var found = new FieldErrors();
        if (rule.Http is { } http)
        {
            Paths(found, http, FieldPath.Root("http"));
        }

        return found.Any;
    }

    private static IEnumerable<string> HostName(string host) => host.Contains('*', StringComparison.Ordinal) ? Rules.WildcardSubdomain(host) : Rules.DnsSubdomain(host);

    private static void Tls(FieldErrors errors, IReadOnlyList<V1IngressTLS> tls, V1Ingress? old, FieldPath at)
    {
        static bool IsBad(V1IngressTLS t) => t.SecretName.Length > 0 && Rules.DnsSubdomain(t.SecretName).Any();
        var isOldTolerated = old is not null && old.Spec.Tls.Any(IsBad);
        for (var i = 0; i < tls.Count; i++)
        {
            for (var h = 0; h < tls[i].Hosts.Count; h++)
            {
                errors.Invalid(at.Index(i).Child("hosts").Index(h), tls[i].Hosts[h], HostName(tls[i].Hosts[h]));
            }

            if (!isOldTolerated && IsBad(tls[i]))
            {
                errors.Invalid(at.Index(i).Child("secretName"), tls[i].SecretName, Rules.DnsSubdomain(tls[i].SecretName));
            }
        }
    }

    private static void Paths(FieldErrors errors, V1HTTPIngressRuleValue http, FieldPath at)
    {
        if (http.Paths.Count == 0)
        {
            errors.Required(at.Child("paths"));
        }

        for (var i = 0; i < http.Paths.Count; i++)
        {
            var (p, path) = (http.Paths[i], at.Child("paths").Index(i));
            if (p.PathType is null)
            {
                errors.Required(path.Child("pathType"), "pathType must be specified");
                continue;
            }

            switch (p.PathType)
            {
                case "Exact" or "Prefix":
                    PathText(errors, p.Path, path.Child("path"));
                    break;
                case "ImplementationSpecific":
                    if (p.Path.Length > 0 && p.Path[0] != '/')
                    {
                        errors.Invalid(path.Child("path"), p.Path, "must be an absolute path");
                    }

                    break;
                default:
                    errors.OneOf(path.Child("pathType"), p.PathType, "Exact", "ImplementationSpecific", "Prefix");
                    break;
            }

            Backend(errors, p.Backend, path.Child("backend"));
        }
    }

    private static void PathText(FieldErrors errors, string text, FieldPath at)
    {
        if (text.Length == 0 || text[0] != '/')
        {
            errors.Invalid(at, text, "must be an absolute path");
        }

        foreach (var bad in new[] { "//", "/./", "/../", "%2f", "%2F" })
        {
            if (text.Contains(bad, StringComparison.Ordinal))
            {
                errors.Invalid(at, text, $"must not contain '{bad}'");
            }
        }

        foreach (var bad in new[] { "/..", "/." })
        {
            if (text.EndsWith(bad, StringComparison.Ordinal))
            {
                errors.Invalid(at, text, $"cannot end with '{bad}'");
            }
        }
    }

    private static void Backend(FieldErrors errors, V1IngressBackend backend, FieldPath at)
    {
        switch (backend)
        {
            case { Resource: not null, Service: not null }:
                errors.Invalid(at, "", "cannot set both resource and service backends");
                break;
            case { Resource: { } resource }:
                Reference(errors, resource.ApiGroup, resource.Kind, resource.Name, at.Child("resource"));
                break;
            case { Service: { } service }:
                ServiceBackend(errors, service, at);
                break;
            default:
                errors.Invalid(at, "", "resource or service backend is required");
                break;
        }
    }

    private static void ServiceBackend(FieldErrors errors, V1IngressServiceBackend service, FieldPath at)
    {
        var path = at.Child("service");
        if (service.Name.Length == 0)
        {
            errors.Required(path.Child("name"));
        }
        else
        {
            errors.Invalid(path.Child("name"), service.Name, Rules.Dns1035Label(service.Name));
        }

        switch (service.Port)
        {
            case { Name.Length: > 0, Number: not 0 }:
                errors.Invalid(at, "", "cannot set both port name & port number");
                break;
            case { Name: { Length: > 0 } name }:
                errors.Invalid(path.Child("port").Child("name"), name, Rules.PortName(name));
                break;
            case { Number: not 0 and var number }:
                errors.Invalid(path.Child("port").Child("number"), number, Rules.PortNumber(number));
                break;
            default:
                errors.Required(at, "port name or number is required");
                break;
        }
    }

    private static void Status(FieldErrors errors, IReadOnlyList<V1IngressLoadBalancerIngress> ingress, FieldPath at)
    {
        for (var i = 0; i < ingress.Count; i++)
        {
            if (ingress[i].Ip is { Length: > 0 } ip)
            {
                errors.Invalid(at.Index(i).Child("ip"), ip, Rules.Ip(ip));
            }

            if (ingress[i].Hostname is { Length: > 0 } host)
            {
                errors.Invalid(at.Index(i).Child("hostname"), host, Rules.DnsSubdomain(host));
                if (Rules.IsIp(host))
                {
                    errors.Invalid(at.Index(i).Child("hostname"), host, "must be a DNS name, not an IP address");
                }
            }
        }
    }

    private static void Reference(FieldErrors errors, string? group, string kind, string name, FieldPath at)
    {
        if (group is not null)
        {
            errors.Invalid(at.Child("apiGroup"), group, Rules.DnsSubdomain(group));
        }

        ReferenceRules.Segment(errors, kind, at.Child("kind"));
        ReferenceRules.Segment(errors, name, at.Child("name"));
    }

    /// <summary>An IngressClass: whose controller stays, and whose parameters lie where their scope says.</summary>
    public static void IngressClass(FieldErrors errors, V1IngressClass c, V1IngressClass? old)
    {
        var at = FieldPath.Root("spec");
        if (old is not null)
        {
            errors.Immutable(at.Child("controller"), c.Spec.Controller == old.Spec.Controller, c.Spec.Controller);
        }

        if (c.Spec.Controller.Length > LongestController)
        {
            errors.TooLong(at.Child("controller"), LongestController);
        }

        DomainRules.PrefixedPath(errors, c.Spec.Controller, at.Child("controller"));
        if (c.Spec.Parameters is { } parameters)
        {
            Parameters(errors, parameters, at.Child("parameters"));
        }
    }

    private static void Parameters(FieldErrors errors, V1IngressClassParametersReference parameters, FieldPath at)
    {
        Reference(errors, parameters.ApiGroup, parameters.Kind, parameters.Name, at);
        switch (parameters.Scope)
        {
            case null:
                errors.Required(at.Child("scope"));
                break;
            case "Namespace" when parameters.Namespace is null:
                errors.Required(at.Child("namespace"), "`parameters.scope` is set to 'Namespace'");
                break;
            case "Namespace":
                errors.Invalid(at.Child("namespace"), parameters.Namespace, Rules.DnsLabel(parameters.Namespace!));
                break;
            case "Cluster":
                if (parameters.Namespace is not null)
                {
                    errors.Forbidden(at.Child("namespace"), "`parameters.scope` is set to 'Cluster'");
                }

                break;
            default:
                errors.OneOf(at.Child("scope"), parameters.Scope, "Cluster", "Namespace");
                break;
        }
    }
}
