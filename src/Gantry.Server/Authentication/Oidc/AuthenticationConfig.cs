using Gantry.Server.Configuration;
using Gantry.Server.Statuses;
using Gantry.Server.Validation;

namespace Gantry.Server.Authentication.Oidc;

/// <summary>Reads an AuthenticationConfiguration (<c>apiserver.config.k8s.io/v1beta1</c>), and refuses wrong ones in Kubernetes' words.</summary>
public static class AuthenticationConfig
{
    /// <summary>The issuers of a file, and where requests without credentials are let in (null where it does not say).</summary>
    /// <param name="file">YAML or JSON.</param>
    /// <param name="ownIssuers">The issuers of service-account tokens, which nobody else may be.</param>
    /// <exception cref="FormatException">Everything that is wrong with it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static (IReadOnlyList<JwtOptions> Issuers, AnonymousOptions? Anonymous) Read(string file, IEnumerable<string> ownIssuers) =>
        ConfigNode.Read(file, "AuthenticationConfiguration", ["v1alpha1", "v1beta1"], root => Read(file, root, ownIssuers));

    private static (IReadOnlyList<JwtOptions> Issuers, AnonymousOptions? Anonymous) Read(string file, ConfigNode root, IEnumerable<string> ownIssuers)
    {
        var errors = new FieldErrors();
        var rules = new JwtRules(errors, ownIssuers);
        var at = FieldPath.Root("jwt");
        IReadOnlyList<JwtOptions> issuers = [.. root.Nodes("jwt").Select((j, i) => rules.Read(j, at.Index(i)))];
        var anonymous = Anonymous(root.Node("anonymous"), errors);
        return !errors.Any ? (issuers, anonymous)
            : throw new FormatException($"{file}: {(errors.Count == 1 ? errors.List[0].ToString() : "[" + string.Join(", ", errors.List.Select((FieldError e) => e.ToString())) + "]")}");
    }

    private static AnonymousOptions? Anonymous(ConfigNode? node, FieldErrors errors)
    {
        if (node is null)
        {
            return null;
        }

        var enabled = node.Flag("enabled") ?? false;
        IReadOnlyList<string> paths = [.. node.Nodes("conditions").Select(c => c.Text("path"))];
        if (!enabled && paths.Count > 0)
        {
            errors.Invalid(FieldPath.Root("anonymous").Child("conditions"), "", "enabled should be set to true when conditions are defined");
        }

        return !enabled ? new AnonymousOptions { Paths = [] } : new AnonymousOptions { Paths = paths.Count > 0 ? paths : ["/"], AreExact = paths.Count > 0 };
    }
}
