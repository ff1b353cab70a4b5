using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Probes and lifecycle hooks.</summary>
public static class ProbeRules
{
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="c">A container that may have probes and hooks.</param>
    /// <param name="pod">What its pod allows.</param>
    /// <param name="at">Where the container is.</param>
    public static void Probes(FieldErrors errors, V1Container c, ContainerRules.PodContext pod, FieldPath at)
    {
        if (c.Lifecycle is { } lifecycle)
        {
            Hook(errors, lifecycle.PostStart, pod, at.Child("lifecycle").Child("postStart"));
            Hook(errors, lifecycle.PreStop, pod, at.Child("lifecycle").Child("preStop"));
        }

        Probe(errors, c.LivenessProbe, at.Child("livenessProbe"), true);
        Probe(errors, c.ReadinessProbe, at.Child("readinessProbe"), false);
        if (c.ReadinessProbe?.TerminationGracePeriodSeconds is { } grace)
        {
            errors.Invalid(at.Child("readinessProbe").Child("terminationGracePeriodSeconds"), grace, "must not be set for readinessProbes");
        }

        Probe(errors, c.StartupProbe, at.Child("startupProbe"), true);
    }

    /// <summary>Whether a hook sleeps for zero seconds. A feature that is off would allow it; updates let it pass all the same.</summary>
    public static bool SleepsForNoTime(V1PodSpec spec) =>
        spec.Containers.Any(c => SleepsForNoTime(c.Lifecycle)) || spec.InitContainers.Any(c => SleepsForNoTime(c.Lifecycle)) || spec.EphemeralContainers.Any(c => SleepsForNoTime(c.Lifecycle));

    private static bool SleepsForNoTime(V1Lifecycle? lifecycle) => lifecycle is { PreStop.Sleep.Seconds: 0 } or { PostStart.Sleep.Seconds: 0 };

    private static void Hook(FieldErrors errors, V1LifecycleHandler? hook, ContainerRules.PodContext pod, FieldPath at)
    {
        if (hook is not null)
        {
            Handler(errors, hook.Exec, hook.HttpGet, hook.TcpSocket, null, hook.Sleep, pod, at);
        }
    }

    private static void Probe(FieldErrors errors, V1Probe? probe, FieldPath at, bool successIsOne)
    {
        if (probe is null)
        {
            return;
        }

        Handler(errors, probe.Exec, probe.HttpGet, probe.TcpSocket, probe.Grpc, null, null, at);
        errors.NotNegative(at.Child("initialDelaySeconds"), (long)probe.InitialDelaySeconds);
        errors.NotNegative(at.Child("timeoutSeconds"), (long)probe.TimeoutSeconds);
        errors.NotNegative(at.Child("periodSeconds"), (long)probe.PeriodSeconds);
        errors.NotNegative(at.Child("successThreshold"), (long)probe.SuccessThreshold);
        errors.NotNegative(at.Child("failureThreshold"), (long)probe.FailureThreshold);
        if (probe.TerminationGracePeriodSeconds <= 0)
        {
            errors.Invalid(at.Child("terminationGracePeriodSeconds"), probe.TerminationGracePeriodSeconds, "must be greater than 0");
        }

        if (successIsOne && probe.SuccessThreshold != 1)
        {
            errors.Invalid(at.Child("successThreshold"), probe.SuccessThreshold, "must be 1");
        }
    }

    private static void Handler(FieldErrors errors, V1ExecAction? exec, V1HTTPGetAction? http, V1TCPSocketAction? tcp, V1GRPCAction? grpc, V1SleepAction? sleep, ContainerRules.PodContext? pod, FieldPath at)
    {
        var handlers = 0;
        bool First(bool set, string name)
        {
            if (set && handlers++ > 0)
            {
                errors.Forbidden(at.Child(name), "may not specify more than 1 handler type");
                return false;
            }

            return set;
        }

        if (First(exec is not null, "exec") && exec is { Command.Count: 0 })
        {
            errors.Required(at.Child("exec").Child("command"));
        }

        if (First(http is not null, "httpGet"))
        {
            Http(errors, http!, at.Child("httpGet"));
        }

        if (First(tcp is not null, "tcpSocket"))
        {
            Port(errors, tcp!.Port, at.Child("tcpSocket").Child("port"));
        }

        if (First(grpc is not null, "grpc"))
        {
            errors.Invalid(at.Child("grpc").Child("port"), grpc!.Port, Rules.PortNumber(grpc.Port));
        }

        if (First(sleep is not null, "sleep"))
        {
            Sleep(errors, sleep!.Seconds, pod!, at.Child("sleep"));
        }

        if (handlers == 0)
        {
            errors.Required(at, "must specify a handler type");
        }
    }

    private static void Sleep(FieldErrors errors, long seconds, ContainerRules.PodContext pod, FieldPath at)
    {
        if (seconds < (pod.MaySleepForNoTime ? 0 : 1) || seconds > pod.GracePeriod)
        {
            errors.Invalid(at, seconds, string.Create(CultureInfo.InvariantCulture, $"must be {(pod.MaySleepForNoTime
                ? $"non-negative and less than terminationGracePeriodSeconds ({pod.GracePeriod})"
                : $"greater than 0 and less than terminationGracePeriodSeconds ({pod.GracePeriod}). Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep.")}"));
        }
    }

    private static void Http(FieldErrors errors, V1HTTPGetAction http, FieldPath at)
    {
        if (http.Path.Length == 0)
        {
            errors.Required(at.Child("path"));
        }

        Port(errors, http.Port, at.Child("port"));
        errors.OneOf(at.Child("scheme"), http.Scheme, "HTTP", "HTTPS");
        foreach (var header in http.HttpHeaders)
        {
            if (header.Name.Length == 0 || !header.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            {
                errors.Invalid(at.Child("httpHeaders"), header.Name,
                    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')");
            }
        }
    }

    private static void Port(FieldErrors errors, IntOrString port, FieldPath at)
    {
        if (port.IsInt)
        {
            errors.Invalid(at, port.IntValue, Rules.PortNumber(port.IntValue));
        }
        else
        {
            errors.Invalid(at, port.StringValue, Rules.PortName(port.StringValue));
        }
    }
}
