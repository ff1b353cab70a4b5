using Gantry.Api.Models;
using Gantry.Node.Pods;

namespace Gantry.Node.Tests.Pods;

/// <summary>Pods and what the runtime has of them, for tests of pure parts.</summary>
internal static class Make
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static V1Container Container(string name, string? restart = null) => new() { Name = name, Image = "gantry.local/shell:1", RestartPolicy = restart };

    public static V1Pod Pod(params V1Container[] containers) => new()
    {
        Metadata = new V1ObjectMeta { Name = "p", Namespace = "default", Uid = "u1", ResourceVersion = "1" },
        Spec = new V1PodSpec { RestartPolicy = "Always", NodeName = "n", Containers = containers },
    };

    public static V1Pod With(this V1Pod pod, string? restart = null, V1Container[]? inits = null) =>
        pod with { Spec = pod.Spec with { RestartPolicy = restart ?? pod.Spec.RestartPolicy, InitContainers = inits ?? pod.Spec.InitContainers } };

    public static SandboxFact Sandbox(bool ready = true, uint attempt = 0) => new("s" + attempt, attempt, ready, Now.AddMinutes(-10 + attempt), ready ? ["10.0.0.2"] : []);

    public static ContainerFact Running(V1Container container, int count = 0, string sandbox = "s0") => new()
    {
        Id = $"{container.Name}-{count}", Name = container.Name, SandboxId = sandbox, RestartCount = count, Phase = ContainerPhase.Running,
        Created = Now.AddMinutes(-9).AddSeconds(count), Started = Now.AddMinutes(-9), Hash = PodSpecs.Hash(container),
    };

    public static ContainerFact Ended(V1Container container, int code, int count = 0, string sandbox = "s0", DateTimeOffset? at = null) =>
        Running(container, count, sandbox) with { Phase = ContainerPhase.Exited, ExitCode = code, Finished = at ?? Now.AddMinutes(-1) };

    public static PodView View(V1Pod pod, SandboxFact? sandbox, params ContainerFact[] containers) => new()
    {
        Pod = pod, Runtime = new PodRuntime(sandbox is null ? [] : [sandbox], containers), Now = Now, VolumesReady = true,
    };
}
