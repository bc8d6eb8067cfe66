using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Pipeline.Architecture.Tests.Compiled;

/// <summary>An assembly as its metadata and its code have it, read without loading it.</summary>
internal sealed class CompiledAssembly
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;
    private readonly HashSet<TypeUse> _uses = [];
    private readonly SignatureTypes _signatures;
    private string _from = "";

    private CompiledAssembly(PEReader file)
    {
        _file = file;
        _metadata = file.GetMetadataReader();
        _signatures = new SignatureTypes(h => Use(h));
        Name = _metadata.GetString(_metadata.GetAssemblyDefinition().Name);
        Types = [.. _metadata.TypeDefinitions.Select(Describe)];
        foreach (var type in _metadata.TypeDefinitions)
            ReadUses(type);
    }

    public string Name { get; }

    public IReadOnlyList<CompiledType> Types { get; }

    public IReadOnlyCollection<TypeUse> Uses => _uses;

    public static CompiledAssembly Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        return new CompiledAssembly(file);
    }

    private CompiledType Describe(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        var isOpen = (type.Attributes & (TypeAttributes.Sealed | TypeAttributes.Abstract | TypeAttributes.Interface)) == 0;
        return new CompiledType(NameOf(handle), type.BaseType.IsNil ? null : NameOf(type.BaseType), isOpen);
    }

    private void ReadUses(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        _from = Outermost(NameOf(handle));
        Use(type.BaseType);
        foreach (var implemented in type.GetInterfaceImplementations())
            Use(_metadata.GetInterfaceImplementation(implemented).Interface);
        foreach (var attribute in type.GetCustomAttributes())
            Use(_metadata.GetCustomAttribute(attribute).Constructor);
        foreach (var field in type.GetFields())
            _metadata.GetFieldDefinition(field).DecodeSignature(_signatures, null);
        foreach (var method in type.GetMethods())
            ReadMethod(_metadata.GetMethodDefinition(method));
    }

    private void ReadMethod(MethodDefinition method)
    {
        method.DecodeSignature(_signatures, null);
        foreach (var attribute in method.GetCustomAttributes())
            Use(_metadata.GetCustomAttribute(attribute).Constructor);
        if (method.RelativeVirtualAddress == 0)
            return;
        var body = _file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_signatures, null);
        foreach (var region in body.ExceptionRegions)
            Use(region.CatchType);
        foreach (var token in CodeTokens.Read(body.GetILReader()))
            Use(MetadataTokens.EntityHandle(token));
    }

    private void Use(EntityHandle handle, string? member = null)
    {
        if (handle.IsNil)
            return;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition or HandleKind.TypeReference:
                _uses.Add(new TypeUse(_from, Outermost(NameOf(handle)), AssemblyOf(handle), member));
                break;
            case HandleKind.TypeSpecification:
                _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(_signatures, null);
                break;
            case HandleKind.MemberReference:
                UseReference(_metadata.GetMemberReference((MemberReferenceHandle)handle));
                break;
            case HandleKind.MethodDefinition:
                var method = _metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                Use(method.GetDeclaringType(), _metadata.GetString(method.Name));
                break;
            case HandleKind.FieldDefinition:
                Use(_metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MethodSpecification:
                var generic = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                generic.DecodeSignature(_signatures, null);
                Use(generic.Method);
                break;
        }
    }

    private void UseReference(MemberReference reference)
    {
        Use(reference.Parent, _metadata.GetString(reference.Name));
        if (reference.GetKind() == MemberReferenceKind.Method)
            reference.DecodeMethodSignature(_signatures, null);
        else
            reference.DecodeFieldSignature(_signatures, null);
    }

    private string NameOf(EntityHandle handle)
    {
        if (handle.Kind == HandleKind.TypeReference)
        {
            var reference = _metadata.GetTypeReference((TypeReferenceHandle)handle);
            var outer = reference.ResolutionScope.Kind == HandleKind.TypeReference ? NameOf(reference.ResolutionScope) + "+" : Prefix(reference.Namespace);
            return outer + _metadata.GetString(reference.Name);
        }

        if (handle.Kind != HandleKind.TypeDefinition)
            return "";
        var type = _metadata.GetTypeDefinition((TypeDefinitionHandle)handle);
        return (type.IsNested ? NameOf(type.GetDeclaringType()) + "+" : Prefix(type.Namespace)) + _metadata.GetString(type.Name);
    }

    private string AssemblyOf(EntityHandle handle)
    {
        if (handle.Kind == HandleKind.TypeDefinition)
            return Name;
        var scope = _metadata.GetTypeReference((TypeReferenceHandle)handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.TypeReference => AssemblyOf(scope),
            HandleKind.AssemblyReference => _metadata.GetString(_metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name),
            _ => Name,
        };
    }

    private string Prefix(StringHandle space) => space.IsNil ? "" : _metadata.GetString(space) + ".";

    private static string Outermost(string name) => name.Split('+')[0];
}
