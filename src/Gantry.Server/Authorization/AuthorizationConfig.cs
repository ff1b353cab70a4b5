using Gantry.Server.Authorization.Webhook;
using Gantry.Server.Configuration;
using Gantry.Server.Validation;

namespace Gantry.Server.Authorization;

/// <summary>Reads an AuthorizationConfiguration (<c>apiserver.config.k8s.io/v1</c>), and refuses wrong ones in Kubernetes' words.</summary>
public static class AuthorizationConfig
{
    /// <summary>The authorizers of a file.</summary>
    /// <exception cref="FormatException">Everything that is wrong with it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static AuthorizationOptions Read(string file) => ConfigNode.Read(file, "AuthorizationConfiguration", ["v1alpha1", "v1beta1", "v1"], root => Read(file, root));

    private static AuthorizationOptions Read(string file, ConfigNode root)
    {
        var errors = new FieldErrors();
        var at = FieldPath.Root("authorizers");
        var nodes = root.Nodes("authorizers");
        if (nodes.Count == 0)
        {
            errors.Required(at, "at least one authorization mode must be defined");
        }

        var authorizers = new List<AuthorizerOptions>();
        for (var i = 0; i < nodes.Count; i++)
        {
            var (type, name) = (nodes[i].Text("type"), nodes[i].Text("name"));
            errors.RequiredOneOf(at.Index(i).Child("type"), type, [.. AuthorizerOptions.Types]);
            if (type != "Webhook" && authorizers.Exists(a => a.Type == type))
            {
                errors.Duplicate(at.Index(i).Child("type"), type);
            }

            Name(errors, at.Index(i).Child("name"), name, authorizers);
            var webhook = nodes[i].Node("webhook");
            if ((type == "Webhook") != (webhook is not null))
            {
                errors.Add(type == "Webhook"
                    ? Statuses.FieldError.Required(at.Index(i).Child("webhook").ToString(), "required when type=Webhook")
                    : Statuses.FieldError.Invalid(at.Index(i).Child("webhook").ToString(), "non-null", "may only be specified when type=Webhook"));
            }

            authorizers.Add(new AuthorizerOptions(type) { Name = name, Webhook = webhook is null ? null : Webhook(errors, webhook, at.Index(i).Child("webhook")) });
        }

        return !errors.Any ? new AuthorizationOptions { Authorizers = authorizers }
            : throw new FormatException($"{file}: {(errors.Count == 1 ? errors.List[0].ToString() : "[" + string.Join(", ", errors.List) + "]")}");
    }

    private static void Name(FieldErrors errors, FieldPath at, string name, List<AuthorizerOptions> before)
    {
        if (name.Length == 0)
        {
            errors.Required(at);
        }
        else if (before.Exists(a => a.Name == name))
        {
            errors.Duplicate(at, name);
        }
        else
        {
            errors.Invalid(at, name, Rules.DnsSubdomain(name).Select(r => "authorizer name is invalid: " + r));
        }
    }

    private static AuthorizationWebhookOptions Webhook(FieldErrors errors, ConfigNode node, FieldPath at)
    {
        var timeout = Time(errors, node, at, "timeout", TimeSpan.Zero);
        if (!node.Has("timeout"))
        {
            errors.Required(at.Child("timeout"));
        }
        else if (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromSeconds(30))
        {
            errors.Invalid(at.Child("timeout"), Gantry.Api.GoDuration.Format(timeout), timeout <= TimeSpan.Zero ? "must be > 0s" : "must be <= 30s");
        }

        errors.RequiredOneOf(at.Child("subjectAccessReviewVersion"), node.Text("subjectAccessReviewVersion"), "v1", "v1beta1");
        errors.RequiredOneOf(at.Child("failurePolicy"), node.Text("failurePolicy"), "NoOpinion", "Deny");
        var connection = node.Node("connectionInfo");
        errors.RequiredOneOf(at.Child("connectionInfo").Child("type"), connection?.Text("type") ?? "", "KubeConfigFile");
        var file = connection?.Text("kubeConfigFile") ?? "";
        File(errors, at.Child("connectionInfo").Child("kubeConfigFile"), file);
        var conditions = node.Nodes("matchConditions").Select(c => c.Text("expression")).ToList();
        Conditions(errors, at, conditions, node.Text("matchConditionSubjectAccessReviewVersion"));
        return new AuthorizationWebhookOptions
        {
            KubeconfigFile = file,
            Version = node.Text("subjectAccessReviewVersion"),
            AuthorizedTtl = Time(errors, node, at, "authorizedTTL", TimeSpan.FromMinutes(5)),
            UnauthorizedTtl = Time(errors, node, at, "unauthorizedTTL", TimeSpan.FromSeconds(30)),
            Timeout = timeout,
            DeniesOnFailure = node.Text("failurePolicy") == "Deny",
            MatchConditions = conditions,
        };
    }

    private static void Conditions(FieldErrors errors, FieldPath at, List<string> conditions, string version)
    {
        if (version.Length == 0 && conditions.Count > 0)
        {
            errors.Required(at.Child("matchConditionSubjectAccessReviewVersion"), "required if match conditions are specified");
        }
        else if (version.Length > 0)
        {
            errors.OneOf(at.Child("matchConditionSubjectAccessReviewVersion"), version, "v1");
        }

        if (conditions.Count > 64)
        {
            errors.Add(Statuses.FieldError.TooMany(at.Child("matchConditions").ToString(), conditions.Count, 64));
            return;
        }

        for (var i = 0; i < conditions.Count; i++)
        {
            var here = at.Child("matchConditions").Index(i).Child("expression");
            if (string.IsNullOrWhiteSpace(conditions[i]))
            {
                errors.Required(here);
            }
            else if (conditions.IndexOf(conditions[i]) < i)
            {
                errors.Duplicate(here, conditions[i]);
            }
            else if (MatchExpressions.Problem(conditions[i]) is { Length: > 0 } problem)
            {
                errors.Invalid(here, conditions[i], problem);
            }
        }
    }

    private static void File(FieldErrors errors, FieldPath at, string file)
    {
        if (file.Length == 0)
        {
            errors.Required(at);
        }
        else if (!Path.IsPathRooted(file))
        {
            errors.Invalid(at, file, "must be an absolute path");
        }
        else if (!System.IO.File.Exists(file))
        {
            errors.Invalid(at, file, $"error loading file: stat {file}: no such file or directory");
        }
    }

    private static TimeSpan Time(FieldErrors errors, ConfigNode node, FieldPath at, string name, TimeSpan fallback)
    {
        if (node.Text(name) is not { Length: > 0 } text)
        {
            return fallback;
        }

        if (!Gantry.Api.GoDuration.TryParse(text, out var nanoseconds, out var error))
        {
            errors.Invalid(at.Child(name), text, error ?? "");
            return fallback;
        }

        if (nanoseconds < 0)
        {
            errors.Invalid(at.Child(name), text, "must be > 0s");
        }

        return TimeSpan.FromTicks(nanoseconds / 100);
    }
}
