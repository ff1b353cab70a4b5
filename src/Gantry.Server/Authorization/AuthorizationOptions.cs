using Gantry.Server.Authorization.Abac;
using Gantry.Server.Authorization.Webhook;

namespace Gantry.Server.Authorization;

/// <summary>Who decides what users may do, in the order in which they are asked.</summary>
public sealed record AuthorizationOptions
{
    public IReadOnlyList<AuthorizerOptions> Authorizers { get; init; } = [new("Node"), new("RBAC")];

    /// <summary>The file that these options are from, which is followed; empty for none.</summary>
    public string ConfigFile { get; init; } = "";

    /// <summary>The policies of the type <c>ABAC</c>.</summary>
    public string PolicyFile { get; init; } = "";

    /// <summary>Every fault of these options, as the option's name and what is wrong with it.</summary>
    public IEnumerable<(string Option, string Fault)> Check()
    {
        if (Authorizers.Count == 0)
        {
            yield return ("authorization.authorizers", "at least one authorization mode must be defined");
        }

        foreach (var unknown in Authorizers.Where(a => !AuthorizerOptions.Types.Contains(a.Type, StringComparer.Ordinal)))
        {
            yield return ("authorization.authorizers", $"\"{unknown.Type}\" is not a valid mode");
        }

        foreach (var twice in Authorizers.Where(a => a.Type != "Webhook").GroupBy(a => a.Type, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            yield return ("authorization.authorizers", $"has mode specified more than once: {twice.Key}");
        }

        if (Authorizers.Any(a => a.Type == "ABAC"))
        {
            if (PolicyFault() is { } fault)
            {
                yield return ("authorization.policyFile", fault);
            }
        }

        foreach (var webhook in Authorizers.Where(a => a.Type == "Webhook" && a.Webhook is null))
        {
            yield return ("authorization.authorizers", $"the webhook {webhook.Name} needs a kubeconfig");
        }

        foreach (var fault in Authorizers.SelectMany(a => a.Webhook?.Check() ?? []))
        {
            yield return fault;
        }
    }

    private string? PolicyFault()
    {
        if (PolicyFile.Length == 0)
        {
            return "authorization-mode ABAC's authorization policy file not passed";
        }

        try
        {
            _ = AbacPolicies.Read(PolicyFile);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return e.Message;
        }
    }
}
