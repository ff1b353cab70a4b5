namespace Gantry.Api.OpenApi;

/// <summary>How operations name a group.</summary>
internal static class GroupNames
{
    private const string Suffix = ".k8s.io";

    /// <summary><c>RbacAuthorization</c> for <c>rbac.authorization.k8s.io</c>, <c>Core</c> for the core group.</summary>
    public static string Title(string group)
    {
        if (group.Length == 0)
        {
            return "Core";
        }
        var name = group.EndsWith(Suffix, StringComparison.Ordinal) ? group[..^Suffix.Length] : group;
        return string.Concat(name.Split('.').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
    }

    /// <summary><c>rbacAuthorization_v1</c>; without a version for a group's own path.</summary>
    public static string Tag(string group, string? version)
    {
        var title = Title(group);
        title = char.ToLowerInvariant(title[0]) + title[1..];
        return version is null ? title : title + "_" + version;
    }
}
