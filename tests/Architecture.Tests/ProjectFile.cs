using System.Xml.Linq;

namespace Tppo.Architecture.Tests;

/// <summary>What a csproj says about references.</summary>
internal sealed record ProjectFile(
    string Name, string Area, IReadOnlyList<string> Projects, IReadOnlyList<PackageUse> Packages, IReadOnlyList<string> AdditionalFiles)
{
    public static ProjectFile Read(string name, string area, string xml)
    {
        var project = XDocument.Parse(xml).Root!;
        return new ProjectFile(
            name, area,
            [.. project.Descendants("ProjectReference").Select(Include).Select(i => Path.GetFileNameWithoutExtension(i.Replace('\\', '/')))],
            [.. project.Descendants("PackageReference").Select(p => new PackageUse(Include(p), Private(p)))],
            [.. project.Descendants("AdditionalFiles").Select(Include)]);
    }

    private static string Include(XElement element) => element.Attribute("Include")?.Value ?? throw new InvalidDataException($"{element.Name} without Include");

    private static string Private(XElement package) => package.Attribute("PrivateAssets")?.Value ?? package.Element("PrivateAssets")?.Value ?? "";
}

/// <summary>A package reference.</summary>
internal sealed record PackageUse(string Name, string PrivateAssets);
