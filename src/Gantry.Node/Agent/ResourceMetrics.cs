using System.Globalization;
using System.Text;

namespace Gantry.Node.Agent;

/// <summary>The same in the text form of <c>/metrics/resource</c>, which the metrics server reads.</summary>
public static class ResourceMetrics
{
    public static string Write(NodeUsageReport report)
    {
        var text = new StringBuilder();
        var containers = report.Pods.SelectMany(p => p.Containers.Select(c => (Labels: $"container=\"{c.Name}\",namespace=\"{p.Namespace}\",pod=\"{p.Name}\"", c.Sample, c.Started))).ToList();
        var pods = report.Pods.Select(p => (Labels: $"namespace=\"{p.Namespace}\",pod=\"{p.Name}\"", Sample: p.Total)).ToList();

        Head(text, "container_cpu_usage_seconds_total", "counter", "Processor time of the container in core-seconds");
        containers.ForEach(c => Cpu(text, "container_cpu_usage_seconds_total", c.Labels, c.Sample));
        Head(text, "container_memory_working_set_bytes", "gauge", "Working set of the container in bytes");
        containers.ForEach(c => Memory(text, "container_memory_working_set_bytes", c.Labels, c.Sample));
        Head(text, "container_start_time_seconds", "gauge", "Start of the container in seconds since the epoch");
        containers.ForEach(c => Line(text, "container_start_time_seconds", c.Labels, c.Started.ToUnixTimeMilliseconds() / 1000.0, null));
        Head(text, "node_cpu_usage_seconds_total", "counter", "Processor time of the node in core-seconds");
        Cpu(text, "node_cpu_usage_seconds_total", "", report.Machine);
        Head(text, "node_memory_working_set_bytes", "gauge", "Working set of the node in bytes");
        Memory(text, "node_memory_working_set_bytes", "", report.Machine);
        Head(text, "pod_cpu_usage_seconds_total", "counter", "Processor time of the pod in core-seconds");
        pods.ForEach(p => Cpu(text, "pod_cpu_usage_seconds_total", p.Labels, p.Sample));
        Head(text, "pod_memory_working_set_bytes", "gauge", "Working set of the pod in bytes");
        pods.ForEach(p => Memory(text, "pod_memory_working_set_bytes", p.Labels, p.Sample));
        Head(text, "resource_scrape_error", "gauge", "1 when a measurement failed, else 0");
        Line(text, "resource_scrape_error", "", 0, null);
        return text.ToString();
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Cpu(StringBuilder text, string name, string labels, UsageSample sample) => Line(text, name, labels, sample.CpuNanoseconds / 1e9, sample.Time);

    private static void Memory(StringBuilder text, string name, string labels, UsageSample sample) => Line(text, name, labels, sample.WorkingSet, sample.Time);

    private static void Line(StringBuilder text, string name, string labels, double value, DateTimeOffset? time)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture));
        if (time is { } at)
        {
            text.Append(' ').Append(at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        }

        text.Append('\n');
    }
}
