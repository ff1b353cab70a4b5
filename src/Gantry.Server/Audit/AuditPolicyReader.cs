using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Statuses;
using Gantry.Server.Validation;

namespace Gantry.Server.Audit;

/// <summary>Reads a Policy of <c>audit.k8s.io/v1</c> and refuses wrong ones in Kubernetes' words.</summary>
public static class AuditPolicyReader
{
    public const string ApiVersion = "audit.k8s.io/v1";

    private static readonly string[] Levels = [.. Enum.GetNames<AuditLevel>()];
    private static readonly string[] Stages = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"];

    /// <summary>The policy that a document describes.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <exception cref="FormatException">Everything that is wrong with it.</exception>
    public static AuditPolicy Read(byte[] text)
    {
        TreeMap root;
        try
        {
            root = TreeYaml.Parse(text) as TreeMap ?? throw new FormatException("failed decoding: it holds no Policy");
        }
        catch (TreeException e)
        {
            throw new FormatException("failed decoding: " + e.Message, e);
        }

        if (root.Text("kind") != "Policy" || root.Text("apiVersion") != ApiVersion)
        {
            throw new FormatException($"failed decoding: no kind \"{root.Text("kind")}\" is registered for version \"{root.Text("apiVersion")}\"; wanted is Policy of {ApiVersion}");
        }

        var rules = root.Items("rules").ToList();
        if (rules.Count == 0)
        {
            throw new FormatException("loaded illegal policy with 0 rules");
        }

        var errors = new FieldErrors();
        var omit = Omitted(root, FieldPath.Root("omitStages"), new FieldErrors());
        var withoutManagers = root["omitManagedFields"] is TreeBool { Value: true };
        var policy = new AuditPolicy([.. rules.Select((r, i) => Rule(r, FieldPath.Root("rules").Index(i), omit, withoutManagers, errors))]);
        return !errors.Any ? policy : throw new FormatException(errors.Count == 1 ? errors.List[0].ToString() : "[" + string.Join(", ", errors.List) + "]");
    }

    private static AuditRule Rule(TreeMap rule, FieldPath at, AuditStages omit, bool withoutManagers, FieldErrors errors)
    {
        var level = Level(rule.Text("level") ?? "", at.Child("level"), errors);
        var urls = Texts(rule, "nonResourceURLs");
        Urls(urls, at.Child("nonResourceURLs"), errors);
        var resources = rule.Items("resources").Select(r => new AuditGroupResources(r.Text("group") ?? "", Texts(r, "resources"), Texts(r, "resourceNames"))).ToList();
        Resources(resources, at.Child("resources"), errors);
        omit |= Omitted(rule, at.Child("omitStages"), errors);
        var namespaces = Texts(rule, "namespaces");
        if (urls.Count > 0 && (resources.Count > 0 || namespaces.Count > 0))
        {
            errors.Add(new FieldError(
                FieldErrorType.Invalid, at.Child("nonResourceURLs").ToString(), GoDump.Texts("string", urls), "rules cannot apply to both regular resources and non-resource URLs"));
        }

        return new AuditRule
        {
            Decision = new AuditDecision(level, omit, rule["omitManagedFields"] is TreeBool own ? own.Value : withoutManagers),
            Users = Texts(rule, "users"),
            UserGroups = Texts(rule, "userGroups"),
            Verbs = Texts(rule, "verbs"),
            Resources = resources,
            Namespaces = namespaces,
            NonResourceUrls = urls,
        };
    }

    private static AuditLevel Level(string name, FieldPath at, FieldErrors errors)
    {
        if (name.Length == 0)
        {
            errors.Required(at);
        }
        else if (!Levels.Contains(name, StringComparer.Ordinal))
        {
            errors.OneOf(at, name, Levels);
        }
        else
        {
            return Enum.Parse<AuditLevel>(name);
        }

        return AuditLevel.None;
    }

    private static void Urls(List<string> urls, FieldPath at, FieldErrors errors)
    {
        for (var i = 0; i < urls.Count; i++)
        {
            if (urls[i] == "*")
            {
                continue;
            }

            if (!urls[i].StartsWith('/'))
            {
                errors.Invalid(at.Index(i), urls[i], "non-resource URL rules must begin with a '/' character");
            }

            if (urls[i].Length > 0 && urls[i][..^1].Contains('*', StringComparison.Ordinal))
            {
                errors.Invalid(at.Index(i), urls[i], "non-resource URL wildcards '*' must be the final character of the rule");
            }
        }
    }

    private static void Resources(List<AuditGroupResources> resources, FieldPath at, FieldErrors errors)
    {
        foreach (var (group, names, objects) in resources)
        {
            if (group.Length > 0 && Validation.Rules.DnsSubdomain(group).ToList() is { Count: > 0 } faults)
            {
                errors.Invalid(at.Child("group"), group, string.Join(',', faults));
            }

            if (objects.Count > 0 && names.Count == 0)
            {
                errors.Add(new FieldError(
                    FieldErrorType.Invalid, at.Child("resourceNames").ToString(), GoDump.Texts("string", objects), "using resourceNames requires at least one resource"));
            }
        }
    }

    private static AuditStages Omitted(TreeMap map, FieldPath at, FieldErrors errors)
    {
        var (stages, names) = (AuditStages.None, Texts(map, "omitStages"));
        for (var i = 0; i < names.Count; i++)
        {
            if (Stages.Contains(names[i], StringComparer.Ordinal))
            {
                stages |= Enum.Parse<AuditStages>(names[i]);
            }
            else
            {
                errors.Invalid(at.Index(i), names[i], "allowed stages are " + string.Join(',', Stages));
            }
        }

        return stages;
    }

    private static List<string> Texts(TreeMap map, string key) => [.. (map.List(key) ?? []).OfType<TreeString>().Select(t => t.Value)];
}
