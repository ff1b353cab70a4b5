using Gantry.Testing;

namespace Gantry.Api.Tests;

/// <summary>A test against the recorded facts about Kubernetes; where they are not, it is reported as left out.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReferenceFactAttribute : FactAttribute
{
    public ReferenceFactAttribute()
    {
        if (Reference.Folder is null)
        {
            Skip = "left out: the recorded facts about Kubernetes are not beside the project, and GANTRY_REFERENCE does not name them";
        }
    }
}
