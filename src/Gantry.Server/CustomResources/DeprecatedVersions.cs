using Gantry.Api.Models;
using Gantry.Server.Http;

namespace Gantry.Server.CustomResources;

/// <summary>What whoever uses a version of a custom resource that is to go is told; pure (apiextensions-apiserver <c>customresource_handler.go</c>).</summary>
public static class DeprecatedVersions
{
    /// <summary>The warning of a version, or null where it is not on its way out.</summary>
    /// <param name="spec">The definition.</param>
    /// <param name="version">One of its versions.</param>
    public static string? Warning(V1CustomResourceDefinitionSpec spec, string version)
    {
        if (spec.Versions.FirstOrDefault(v => v.Name == version) is not { Deprecated: true } found)
        {
            return null;
        }

        if (found.DeprecationWarning is { } own)
        {
            return own;
        }

        var newer = spec.Versions.Where(v => v is { Served: true, Deprecated: false } && VersionOrder.Instance.Compare(v.Name, version) > 0)
            .Select(v => v.Name).Max(VersionOrder.Instance);
        return $"{spec.Group}/{version} {spec.Names.Kind} is deprecated" + (newer is null ? "" : $"; use {spec.Group}/{newer} {spec.Names.Kind}");
    }
}
