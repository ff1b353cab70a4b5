using System.Text;

namespace Gantry.Node.Runtime;

/// <summary>containerd's configuration file (format 2), made from our options and from what the machine allows.</summary>
public static class RuntimeConfigText
{
    /// <param name="options">Paths and choices.</param>
    /// <param name="snapshotter">The chosen snapshotter.</param>
    /// <param name="facts">What the kernel lets this process do.</param>
    public static string Write(RuntimeOptions options, string snapshotter, MachineFacts facts)
    {
        var text = new StringBuilder();
        text.Append("version = 2\n");
        Line(text, "root", Path.Combine(options.Root, "store"));
        Line(text, "state", Path.Combine(options.State, "state"));
        // These would only probe for file systems and tools that we do not use, and slow the start.
        text.Append("disabled_plugins = [\"io.containerd.snapshotter.v1.btrfs\", \"io.containerd.snapshotter.v1.zfs\", \"io.containerd.snapshotter.v1.aufs\", ");
        text.Append("\"io.containerd.snapshotter.v1.devmapper\", \"io.containerd.tracing.processor.v1.otlp\", \"io.containerd.internal.v1.tracing\"]\n");
        text.Append("\n[grpc]\n");
        Line(text, "address", options.Socket, 2);
        text.Append("\n[ttrpc]\n");
        Line(text, "address", options.Socket + ".ttrpc", 2);
        text.Append("\n[debug]\n");
        Line(text, "level", "warn", 2);
        text.Append("\n[plugins.\"io.containerd.grpc.v1.cri\"]\n");
        Line(text, "sandbox_image", options.PauseImage, 2);
        Line(text, "stream_server_address", "127.0.0.1", 2);
        Line(text, "stream_server_port", "0", 2);
        Line(text, "enable_unprivileged_ports", true, 2);
        Line(text, "enable_unprivileged_icmp", true, 2);
        Line(text, "restrict_oom_score_adj", !facts.MayLowerOomScore, 2);
        Line(text, "disable_apparmor", !facts.AppArmor, 2);
        Line(text, "tolerate_missing_hugetlb_controller", true, 2);
        text.Append("\n  [plugins.\"io.containerd.grpc.v1.cri\".cni]\n");
        Line(text, "bin_dir", options.CniBinDirectory, 4);
        Line(text, "conf_dir", options.CniConfDirectory, 4);
        Line(text, "max_conf_num", "1", 4, quoted: false);
        text.Append("\n  [plugins.\"io.containerd.grpc.v1.cri\".containerd]\n");
        Line(text, "snapshotter", snapshotter, 4);
        Line(text, "default_runtime_name", "runc", 4);
        text.Append("\n  [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\n");
        Line(text, "runtime_type", "io.containerd.runc.v2", 4);
        text.Append("\n  [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]\n");
        Line(text, "SystemdCgroup", false, 4);
        return text.ToString();
    }

    private static void Line(StringBuilder text, string key, bool value, int indent) =>
        Line(text, key, value ? "true" : "false", indent, quoted: false);

    private static void Line(StringBuilder text, string key, string value, int indent = 0, bool quoted = true)
    {
        text.Append(' ', indent).Append(key).Append(" = ");
        if (quoted)
        {
            text.Append('"').Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            text.Append(value);
        }

        text.Append('\n');
    }
}
