using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Scores;

/// <summary>Prefers nodes that hold large images of the pod already; an image few nodes hold counts less, so that it does not draw everything there.</summary>
internal static class ImageScore
{
    private const long Mebibyte = 1024 * 1024;
    private const long Least = 23 * Mebibyte;
    private const long MostPerContainer = 1000 * Mebibyte;

    public static void Add(Ask ask, ReadOnlySpan<NodeState> nodes, Span<long> totals)
    {
        var images = ask.Pod.Images;
        var spread = ask.Cluster.Images;
        var known = false;
        foreach (var image in images)
        {
            known |= spread.NodesWith(image) > 0;
        }

        if (!known)
        {
            return;
        }

        var all = ask.Cluster.Order.Length;
        var most = MostPerContainer * images.Length;
        for (var i = 0; i < nodes.Length; i++)
        {
            long sum = 0;
            foreach (var image in images)
            {
                if (nodes[i].Fact.Images.TryGetValue(image, out var size))
                {
                    sum += (long)(size * ((double)spread.NodesWith(image) / all));
                }
            }

            totals[i] += ScoreSheet.Best * (Math.Clamp(sum, Least, most) - Least) / (most - Least);
        }
    }
}
