namespace Gantry.Server.Writing;

/// <summary>Where new ids come from. A seeded source makes whole runs repeatable.</summary>
public interface IIds
{
    /// <summary>A new uid.</summary>
    Guid NewId();

    /// <summary>Random characters for generated names, from the alphabet that the API uses for them.</summary>
    string Suffix(int length);
}
