using Microsoft.Extensions.Logging;

namespace Gantry.Node.Runtime;

internal static partial class RuntimeLog
{
    [LoggerMessage(4001, LogLevel.Information, "Started containerd, pid {Pid}, socket {Socket}")]
    public static partial void Started(ILogger log, int pid, string socket);

    [LoggerMessage(4002, LogLevel.Information, "Adopted the running containerd, pid {Pid}")]
    public static partial void Adopted(ILogger log, int pid);

    [LoggerMessage(4003, LogLevel.Warning, "containerd (pid {Pid}) does not answer or has ended; starting it again in {Delay}")]
    public static partial void Lost(ILogger log, int pid, TimeSpan delay);

    [LoggerMessage(4004, LogLevel.Warning, "Using the native snapshotter: overlayfs does not work at {Root}")]
    public static partial void NativeSnapshotter(ILogger log, string root);

    [LoggerMessage(4005, LogLevel.Information, "Imported image {Name} ({Digest})")]
    public static partial void Imported(ILogger log, string name, string digest);

    [LoggerMessage(4006, LogLevel.Warning, "containerd could not be started again: {Why}")]
    public static partial void StartFailed(ILogger log, string why);

    [LoggerMessage(4007, LogLevel.Information, "containerd's configuration changed; restarting it, containers go on")]
    public static partial void ConfigChanged(ILogger log);
}
