using Gantry.Testing;

namespace Gantry.Conformance.Tests.Exchanges;

/// <summary>A theory over the recorded exchanges; left out, and said so, where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RecordedTheoryAttribute : TheoryAttribute
{
    public RecordedTheoryAttribute()
    {
        if (Recording.File is null)
        {
            Skip = "left out: the recorded exchanges of a Kubernetes 1.32 server are not on this machine (GANTRY_REFERENCE names their folder)";
        }
    }
}
