using Gantry.Api.Models;

namespace Gantry.Controllers.Jobs;

/// <summary>What a Job's podFailurePolicy says about a failed pod.</summary>
/// <param name="Action"><c>FailJob</c>, <c>FailIndex</c>, <c>Count</c>, <c>Ignore</c>, or empty when no rule matches.</param>
/// <param name="Message">For <c>FailJob</c>, why.</param>
public sealed record FailureVerdict(string Action, string Message = "")
{
    /// <summary>Whether the failure counts against the backoff limits.</summary>
    public bool Counts => Action != "Ignore";

    /// <summary>The verdict of the first rule that matches.</summary>
    public static FailureVerdict Of(V1PodFailurePolicy? policy, V1Pod pod)
    {
        var rules = policy?.Rules ?? [];
        for (var i = 0; i < rules.Count; i++)
        {
            if (Match(rules[i], pod) is { } why)
            {
                return new FailureVerdict(rules[i].Action, $"{why} matching {rules[i].Action} rule at index {i}");
            }
        }

        return new FailureVerdict("");
    }

    private static string? Match(V1PodFailurePolicyRule rule, V1Pod pod)
    {
        var name = $"{pod.Metadata.Namespace}/{pod.Metadata.Name}";
        if (rule.OnExitCodes is { } codes)
        {
            var container = pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses).FirstOrDefault(c => Matches(codes, c));
            return container is null ? null : $"Container {container.Name} for pod {name} failed with exit code {container.State.Terminated!.ExitCode}";
        }

        var condition = pod.Status.Conditions.FirstOrDefault(c => rule.OnPodConditions.Any(p => p.Type == c.Type && (p.Status.Length == 0 ? "True" : p.Status) == c.Status));
        return condition is null ? null : $"Pod {name} has condition {condition.Type}";
    }

    private static bool Matches(V1PodFailurePolicyOnExitCodesRequirement codes, V1ContainerStatus container)
    {
        if (container.State.Terminated is not { ExitCode: not 0 } ended || (codes.ContainerName is { } name && name != container.Name))
        {
            return false;
        }

        return codes.Operator switch
        {
            "In" => codes.Values.Contains(ended.ExitCode),
            "NotIn" => !codes.Values.Contains(ended.ExitCode),
            _ => false,
        };
    }
}
