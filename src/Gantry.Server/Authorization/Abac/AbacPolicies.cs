using System.Globalization;
using Gantry.Api.Trees;
using Gantry.Server.Requests;

namespace Gantry.Server.Authorization.Abac;

/// <summary>Reads a policy file: one policy a line, in JSON; empty lines and lines that begin with <c>#</c> do not count.</summary>
public static class AbacPolicies
{
    private const long Longest = 8 << 20;

    /// <exception cref="FormatException">A line is no policy.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<AbacPolicy> Read(string file)
    {
        if (new FileInfo(file).Length > Longest)
        {
            throw new FormatException($"{file}: larger than {Longest} bytes");
        }

        var policies = new List<AbacPolicy>();
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (line.AsSpan().Trim() is { IsEmpty: false } text && text[0] != '#')
            {
                policies.Add(Parse(file, number, text.ToString()));
            }
        }

        return policies;
    }

    private static AbacPolicy Parse(string file, int number, string line)
    {
        FormatException Broken(string why) => new(string.Create(CultureInfo.InvariantCulture, $"error reading policy file {file}, line {number}: {line}: {why}"));
        TreeMap map;
        try
        {
            map = TreeJson.Parse(line) as TreeMap ?? throw Broken("no object");
        }
        catch (TreeException e)
        {
            throw Broken(e.Message);
        }

        if (map.Text("apiVersion") is null && map.Text("kind") is null)
        {
            return Old(map);
        }

        return map.Text("apiVersion") == "abac.authorization.kubernetes.io/v1beta1" && map.Text("kind") == "Policy"
            ? Of(map.Map("spec") ?? new TreeMap())
            : throw Broken($"no kind \"{map.Text("kind")}\" is registered for version \"{map.Text("apiVersion")}\"");
    }

    // Whoever names everybody means everybody who is known.
    private static AbacPolicy Of(TreeMap spec)
    {
        var policy = Plain(spec);
        return policy.User == "*" || policy.Group == "*" ? policy with { User = "", Group = UserInfo.AuthenticatedGroup } : policy;
    }

    // Lines without a version are older than API groups, and what they do not say they allow.
    private static AbacPolicy Old(TreeMap line)
    {
        var policy = Plain(line);
        var everybody = policy.User == "*" || policy.Group == "*" || (policy.User.Length == 0 && policy.Group.Length == 0);
        return policy with
        {
            User = everybody ? "" : policy.User,
            Group = everybody ? UserInfo.AuthenticatedGroup : policy.Group,
            ApiGroup = "*",
            Path = policy.Namespace.Length == 0 && policy.Resource.Length == 0 ? "*" : "",
            Namespace = policy.Namespace.Length == 0 ? "*" : policy.Namespace,
            Resource = policy.Resource.Length == 0 ? "*" : policy.Resource,
        };
    }

    private static AbacPolicy Plain(TreeMap map) => new()
    {
        User = map.Text("user") ?? "",
        Group = map.Text("group") ?? "",
        IsReadOnly = map["readonly"] is TreeBool { Value: true },
        ApiGroup = map.Text("apiGroup") ?? "",
        Resource = map.Text("resource") ?? "",
        Namespace = map.Text("namespace") ?? "",
        Path = map.Text("nonResourcePath") ?? "",
    };
}
